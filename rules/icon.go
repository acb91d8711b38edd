package rules

import (
	"fmt"
	"image/color"
	"path"
	"strconv"
	"strings"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

func iconRules() []*Rule {
	return []*Rule{
		iconMissing, iconNotExpected, iconFormatNotValid, iconTooLarge, iconDimensionsNotValid, iconNotOpaque, iconBackgroundNotAllowed,
		iconBackgroundNotBrandColor, iconLogoTooLarge,
	}
}

var iconMissing = &Rule{
	Name: "IconMissing", Section: SectionIcon, Severity: finding.Error, Policy: "5000.1.1.1",
	Source:  policySource,
	Summary: "The submission of a verified publisher holds icon.png.",
	Why:     "It is the connector's face in every designer; the package is refused without it.",
	Fix:     "Put a PNG of 100 to 230 pixels on each side beside the definition, and call it icon.png.",
	Wrong:   "a submission without icon.png",
	Right:   "a submission with icon.png of 230 by 230 pixels",
	Check: func(p *Pass) {
		// The public repository leaves icons out: without --submission, none is missing.
		if !p.Submission || p.packaged() || p.independent() || p.Package.File(connector.RoleIcon) != nil {
			return
		}
		for _, name := range p.Package.Others {
			if isIconName(name) {
				return // IconFormatNotValid tells
			}
			if strings.EqualFold(path.Ext(name), ".png") {
				p.ReportFile("icon.png", fmt.Sprintf("The submission holds %s, but no icon.png.", quote(name)))
				return
			}
		}
		p.ReportFile("icon.png", "The submission holds no icon.")
	},
}

func (p *Pass) independent() bool { return p.Publisher == "independent" }

var iconNotExpected = &Rule{
	Name: "IconNotExpected", Section: SectionIcon, Severity: finding.Warning,
	Source:  "the pull request template of microsoft/PowerPlatformConnectors",
	Summary: "The connector of an independent publisher comes without an icon.",
	Why:     "All of them show the same icon; the pull request is to hold none.",
	Fix:     "Remove icon.png from the folder of the connector.",
	Wrong:   "independent-publisher-connectors/Woods/icon.png",
	Right:   "independent-publisher-connectors/Woods without icon.png",
	Check: func(p *Pass) {
		if file := p.Package.File(connector.RoleIcon); p.independent() && file != nil && p.Package.Export == nil {
			p.ReportFile(file.Name, "An independent publisher submits no icon.")
		}
	},
}

var iconFormatNotValid = &Rule{
	Name: "IconFormatNotValid", Section: SectionIcon, Severity: finding.Error, Policy: "5000.2.1.3",
	Source:  policySource,
	Checker: []string{"connector-validate-pngiconimage"},
	Summary: "The icon is a PNG.",
	Why:     "The catalogue and the designers show nothing else.",
	Fix:     "Export the picture as PNG; renaming a file does not convert it.",
	Wrong:   "a JPEG called icon.png",
	Right:   "a PNG called icon.png",
	Check: func(p *Pass) {
		if i := p.icon(); i != nil {
			if i.fault != "" {
				p.ReportFile(i.name, i.fault)
			}
			return
		}
		for _, name := range p.Package.Others {
			if isIconName(name) {
				p.ReportFile(name, fmt.Sprintf("The icon is %s, not icon.png.", quote(name)))
			}
		}
	},
}

// isIconName reports whether a file is an icon of another format.
func isIconName(name string) bool {
	switch strings.ToLower(name) {
	case "icon.jpg", "icon.jpeg", "icon.svg", "icon.gif", "icon.ico", "icon.webp", "icon.bmp":
		return true
	}
	return false
}

const maxIconBytes = 1 << 20

var iconTooLarge = &Rule{
	Name: "IconTooLarge", Section: SectionIcon, Severity: finding.Error, Policy: "5000.2.1.2",
	Source:  policySource,
	Checker: []string{"connector-validate-iconimage"},
	Summary: "The icon has less than 1 MB.",
	Why:     "It is loaded wherever the connector is shown; certification refuses larger files.",
	Fix:     "Reduce the picture to 230 by 230 pixels, and optimise it.",
	Wrong:   "icon.png of 1.3 MB",
	Right:   "icon.png of 8 KB",
	Check: func(p *Pass) {
		if i := p.icon(); i != nil && i.bytes >= maxIconBytes {
			p.ReportFile(i.name, fmt.Sprintf("The icon has %.1f MB; it must have less than 1 MB.", float64(i.bytes)/maxIconBytes))
		}
	},
}

// The least and greatest side of an icon, in pixels.
const minIconSide, maxIconSide = 100, 230

var iconDimensionsNotValid = &Rule{
	Name: "IconDimensionsNotValid", Section: SectionIcon, Severity: finding.Error, Policy: "5000.2.1.4",
	Source:  policySource,
	Checker: []string{"connector-validate-iconsize"},
	Summary: "The icon is square, with 100 to 230 pixels on each side.",
	Why:     "It is shown in a square tile; other pictures come out blurred or cut.",
	Fix:     "Export the picture with 230 by 230 pixels.",
	Wrong:   "icon.png of 200 by 240 pixels",
	Right:   "icon.png of 230 by 230 pixels",
	Check: func(p *Pass) {
		i := p.icon()
		if i == nil || i.width == 0 {
			return
		}
		size := fmt.Sprintf("The icon has %d by %d pixels", i.width, i.height)
		switch {
		case i.width != i.height:
			p.ReportFile(i.name, size+"; it must be square.")
		case i.width < minIconSide || i.width > maxIconSide:
			// The icon of a source folder is not always the one that is handed in.
			severity := finding.Warning
			if p.Submission {
				severity = finding.Error
			}
			p.ReportFile(i.name, fmt.Sprintf("%s; each side must have %d to %d.", size, minIconSide, maxIconSide), As(severity))
		}
	},
}

var iconNotOpaque = &Rule{
	Name: "IconNotOpaque", Section: SectionIcon, Severity: finding.Warning, Policy: "5000.2.1.5",
	Source:  checkerSource,
	Checker: []string{"connector-validate-iconimage"},
	Summary: "The icon can nowhere be seen through, and its corners are not rounded.",
	Why:     "Designers put it on backgrounds of their own, light and dark: the logo disappears on one of them.",
	Fix:     "Fill the whole square with the brand colour.",
	Wrong:   "a logo on a transparent background",
	Right:   "a logo on a background of the brand colour",
	Check: func(p *Pass) {
		i := p.icon()
		if i == nil || !i.measured || !i.seenThrough() {
			return
		}
		if i.corners == 4 && i.clear*20 < i.width*i.height {
			p.ReportFile(i.name, "The corners of the icon are rounded: they can be seen through.", Hint("Fill the corners with the background colour."))
			return
		}
		p.ReportFile(i.name, fmt.Sprintf("The icon can be seen through at %s.", plural(i.clear, "pixel")))
	},
}

// seenThrough reports whether more of the icon is clear than the few pixels of
// a smooth edge that encoders leave so: nobody sees those.
func (i *icon) seenThrough() bool { return i.clear*1000 >= i.width*i.height }

// parseColor reads #rrggbb.
func parseColor(text string) (color.NRGBA, bool) {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(strings.TrimSpace(text), "#"), 16, 32)
	if err != nil || len(strings.TrimSpace(text)) != 7 {
		return color.NRGBA{}, false
	}
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 0xff}, true
}

var iconBackgroundNotAllowed = &Rule{
	Name: "IconBackgroundNotAllowed", Section: SectionIcon, Severity: finding.Warning, Policy: "5000.2.1.5",
	Source:  checkerSource,
	Checker: []string{"connector-validate-iconimage", "connector-validate-backgroundwithbrandiconcolor"},
	Summary: "The background of the icon is one colour, neither white nor the default blue #007ee5.",
	Why:     "White icons have no edge in the catalogue, and blue is what connectors without an icon show.",
	Fix:     "Fill the background with the brand colour of the service.",
	Wrong:   "a logo on white",
	Right:   "a logo on #1f6f5c",
	Check: func(p *Pass) {
		i := p.icon()
		if i == nil || !i.measured || i.background.A < opaque {
			return
		}
		const even = 0.9
		switch {
		case alike(i.background, white()):
			p.ReportFile(i.name, fmt.Sprintf("The background of the icon is white (%s).", hex(i.background)))
		case alike(i.background, defaultBlue()):
			p.ReportFile(i.name, fmt.Sprintf("The background of the icon is the default blue (%s).", hex(i.background)))
		case i.share < even && !i.seenThrough(): // of clear corners IconNotOpaque tells
			p.ReportFile(i.name, fmt.Sprintf("The background of the icon is not one colour: %s is found on %.0f %% of its edge only.", hex(i.background), 100*i.share))
		}
	},
}

func white() color.NRGBA { return color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff} }

// defaultBlue is what connectors without an icon show.
func defaultBlue() color.NRGBA { return color.NRGBA{G: 0x7e, B: 0xe5, A: 0xff} }

var iconBackgroundNotBrandColor = &Rule{
	Name: "IconBackgroundNotBrandColor", Section: SectionIcon, Severity: finding.Warning, Policy: "5000.2.1.5",
	Source:  checkerSource,
	Checker: []string{"connector-validate-backgroundwithbrandiconcolor"},
	Summary: "The background of the icon has the colour iconBrandColor of apiProperties.json.",
	Why:     "Designers frame the icon in the brand colour: another background shows as a box in a box.",
	Fix:     "Set iconBrandColor to the background of the icon, or fill the background with iconBrandColor.",
	Wrong:   `an icon on #1f6f5c, and {"iconBrandColor": "#2f7f6c"}`,
	Right:   `an icon on #1f6f5c, and {"iconBrandColor": "#1f6f5c"}`,
	Check: func(p *Pass) {
		i := p.icon()
		brand, ok := parseColor(p.Package.Properties.Root.At("properties", "iconBrandColor").String())
		if i == nil || !i.measured || !ok || p.independent() || i.background.A < opaque || alike(i.background, brand) {
			return
		}
		// A colour that is not allowed is told by the rule above or by IconBrandColorNotValid, and goes with the same mend.
		if alike(i.background, white()) || alike(i.background, defaultBlue()) || brand == white() || brand == defaultBlue() {
			return
		}
		p.ReportFile(i.name, fmt.Sprintf("The background of the icon is %s, but iconBrandColor is %s.", hex(i.background), hex(brand)))
	},
}

// maxLogo is how much of a side the logo may take.
const maxLogo = 0.7

var iconLogoTooLarge = &Rule{
	Name: "IconLogoTooLarge", Section: SectionIcon, Severity: finding.Warning, Policy: "5000.2.1.5",
	Source:  checkerSource,
	Checker: []string{"connector-validate-iconimage"},
	Summary: "The logo takes less than 70 % of the width and of the height of the icon.",
	Why:     "Designers show the icon as small as 20 pixels; a logo that reaches the edge is cut or cannot be told.",
	Fix:     "Make the logo smaller, with the same margin on all sides.",
	Wrong:   "a logo of 220 by 90 pixels on an icon of 230",
	Right:   "a logo of 150 by 62 pixels on an icon of 230",
	Check: func(p *Pass) {
		i := p.icon()
		const even = 0.9
		if i == nil || !i.measured || i.share < even || i.logo.Empty() {
			return
		}
		// 70 % counts as too much only beyond the pixel that smooth edges add.
		wide, high := float64(i.logo.Dx()-1)/float64(i.width), float64(i.logo.Dy()-1)/float64(i.height)
		if wide > maxLogo || high > maxLogo {
			p.ReportFile(i.name, fmt.Sprintf("The logo takes %.0f %% of the width and %.0f %% of the height; 70 %% are allowed.",
				100*float64(i.logo.Dx())/float64(i.width), 100*float64(i.logo.Dy())/float64(i.height)))
		}
	},
}
