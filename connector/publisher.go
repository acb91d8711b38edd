package connector

import (
	"fmt"
	"path/filepath"
	"strings"
)

// The kinds of publishers: rules for them differ.
const (
	Verified    = "verified"
	Independent = "independent"
)

// IndependentColor is the brand colour that all connectors of independent publishers share.
const IndependentColor = "#da3b01"

// independentSuffix ends the names of independent publishers' submissions.
const independentSuffix = "(independent publisher)"

// Publisher guesses the kind of publisher, Verified or Independent.
func (p *Package) Publisher() string {
	kind, _ := p.GuessPublisher()
	return kind
}

// GuessPublisher guesses the kind of publisher and says what told it, as the
// end of a sentence. The folder of the public repository tells for certain; after
// it come the title, the brand colour, and who publishes whose service.
func (p *Package) GuessPublisher() (kind, reason string) {
	for folder := range strings.SplitSeq(filepath.ToSlash(p.Path), "/") {
		switch folder {
		case "independent-publisher-connectors":
			return Independent, "it lies in the folder independent-publisher-connectors"
		case "certified-connectors":
			return Verified, "it lies in the folder certified-connectors"
		}
	}
	properties := p.Properties.Root.Get("properties")
	colour := properties.Get("iconBrandColor").String()
	publisher, owner := properties.Get("publisher").String(), properties.Get("stackOwner").String()
	switch {
	case strings.HasSuffix(strings.ToLower(strings.TrimSpace(p.Definition.Title())), independentSuffix):
		return Independent, "its title ends with (Independent Publisher)"
	case strings.EqualFold(strings.TrimSpace(colour), IndependentColor):
		return Independent, fmt.Sprintf("its iconBrandColor is %s, the colour of independent publishers", IndependentColor)
	case colour != "":
		return Verified, fmt.Sprintf("its iconBrandColor %q is not %s, the colour of independent publishers", clip(colour, 20), IndependentColor)
	case publisher != "" && owner != "" && !sameName(publisher, owner):
		return Independent, fmt.Sprintf("it has no brand colour, and its publisher %q is not the stackOwner %q", clip(publisher, 40), clip(owner, 40))
	}
	return Verified, "nothing in it points to an independent publisher"
}

func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}
