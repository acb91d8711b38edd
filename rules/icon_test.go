package rules_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/rules"
)

var (
	brand = color.NRGBA{R: 0x1f, G: 0x6f, B: 0x5c, A: 0xff}
	light = color.NRGBA{R: 0xee, G: 0xee, B: 0xee, A: 0xff}
)

// drawn is a picture with a background and a logo in its middle.
func drawn(width, height int, background color.Color, logo image.Point) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.NewUniform(background), image.Point{}, draw.Src)
	corner := image.Pt((width-logo.X)/2, (height-logo.Y)/2)
	draw.Draw(m, image.Rectangle{Min: corner, Max: corner.Add(logo)}, image.NewUniform(light), image.Point{}, draw.Src)
	return m
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, m))
	return out.Bytes()
}

// claiming changes the size that the header of a PNG states.
func claiming(t testing.TB, width, height uint32) []byte {
	t.Helper()
	out := encoded(t, drawn(10, 10, brand, image.Pt(5, 5)))
	for i := range 4 {
		out[16+i] = byte(width >> (24 - 8*i))
		out[20+i] = byte(height >> (24 - 8*i))
	}
	sum := crc32.ChecksumIEEE(out[12:29])
	for i := range 4 {
		out[29+i] = byte(sum >> (24 - 8*i))
	}
	return out
}

// iconFindings are those of the section Icon for a connector whose icon has
// this content; nil is none.
func iconFindings(t testing.TB, config rules.Config, name string, content []byte) []string {
	t.Helper()
	config.Only = []string{"Icon[^B]*", "IconB[^r]*"} // all but IconBrandColor…, which is about apiProperties.json
	engine, err := rules.New(config)
	require.NoError(t, err)
	files := fstest.MapFS{
		"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "info": {"title": "Fabrikam Boards"}, "paths": {}}`)},
		"apiProperties.json":         {Data: []byte(`{"properties": {"iconBrandColor": "#1f6f5c"}}`)},
	}
	if content != nil {
		files[name] = &fstest.MapFile{Data: content}
	}
	pkg, err := connector.Load(t.Context(), connector.Source{Path: "boards", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(t, err)
	var out []string
	for _, f := range engine.Check(t.Context(), pkg) {
		out = append(out, fmt.Sprintf("%s %s: %s", f.Severity, f.Rule, f.Message))
	}
	return out
}

func TestIcon(t *testing.T) {
	transparent := color.NRGBA{}
	rounded := drawn(200, 200, brand, image.Pt(100, 100))
	for _, corner := range []image.Rectangle{image.Rect(0, 0, 20, 20), image.Rect(180, 0, 200, 20), image.Rect(0, 180, 20, 200), image.Rect(180, 180, 200, 200)} {
		draw.Draw(rounded, corner, image.NewUniform(transparent), image.Point{}, draw.Src)
	}
	striped := drawn(200, 200, brand, image.Pt(100, 100))
	draw.Draw(striped, image.Rect(0, 0, 200, 60), image.NewUniform(color.NRGBA{R: 0x90, A: 0xff}), image.Point{}, draw.Src)
	var photo bytes.Buffer
	require.NoError(t, jpeg.Encode(&photo, drawn(200, 200, brand, image.Pt(100, 100)), nil))
	palette := image.NewPaletted(image.Rect(0, 0, 200, 200), color.Palette{brand, light})
	draw.Draw(palette, image.Rect(50, 50, 150, 150), image.NewUniform(light), image.Point{}, draw.Src)
	whole := encoded(t, drawn(200, 200, brand, image.Pt(100, 100)))

	for _, c := range []struct {
		name    string
		content []byte
		want    []string
	}{
		{"as it should be", whole, nil},
		{"with a palette", encoded(t, palette), nil},
		{"of the least size", encoded(t, drawn(100, 100, brand, image.Pt(70, 70))), nil},
		{"not square", encoded(t, drawn(200, 180, brand, image.Pt(100, 100))),
			[]string{"error IconDimensionsNotValid: The icon has 200 by 180 pixels; it must be square."}},
		{"too small", encoded(t, drawn(99, 99, brand, image.Pt(40, 40))),
			[]string{"warning IconDimensionsNotValid: The icon has 99 by 99 pixels; each side must have 100 to 230."}},
		{"too large in pixels", encoded(t, drawn(231, 231, brand, image.Pt(100, 100))),
			[]string{"warning IconDimensionsNotValid: The icon has 231 by 231 pixels; each side must have 100 to 230."}},
		{"too large in bytes", append(whole[:len(whole):len(whole)], make([]byte, 1<<20)...),
			[]string{"error IconTooLarge: The icon has 1.0 MB; it must have less than 1 MB."}},
		{"a photograph under another name", photo.Bytes(), []string{"error IconFormatNotValid: The icon is JPEG, not PNG."}},
		{"an empty file", []byte{}, []string{"error IconFormatNotValid: The icon is an empty file."}},
		{"text", []byte("the logo comes later"), []string{"error IconFormatNotValid: The icon is not a PNG."}},
		{"cut off", whole[:len(whole)/2], []string{"error IconFormatNotValid: The icon is a damaged PNG: it cannot be decoded."}},
		{"a bomb", claiming(t, 60_000, 60_000),
			[]string{"warning IconDimensionsNotValid: The icon has 60000 by 60000 pixels; each side must have 100 to 230."}},
		{"transparent", encoded(t, drawn(200, 200, transparent, image.Pt(100, 100))),
			[]string{"warning IconNotOpaque: The icon can be seen through at 30000 pixels."}},
		{"with rounded corners", encoded(t, rounded), []string{
			"warning IconNotOpaque: The corners of the icon are rounded: they can be seen through."}},
		{"on white", encoded(t, drawn(200, 200, color.White, image.Pt(100, 100))), []string{
			"warning IconBackgroundNotAllowed: The background of the icon is white (#ffffff)."}},
		{"on the default blue", encoded(t, drawn(200, 200, color.NRGBA{G: 0x7e, B: 0xe5, A: 0xff}, image.Pt(100, 100))), []string{
			"warning IconBackgroundNotAllowed: The background of the icon is the default blue (#007ee5)."}},
		{"on two colours", encoded(t, striped), []string{
			"warning IconBackgroundNotAllowed: The background of the icon is not one colour: #1f6f5c is found on 60 % of its edge only."}},
		{"with a wide logo", encoded(t, drawn(200, 200, brand, image.Pt(180, 60))),
			[]string{"warning IconLogoTooLarge: The logo takes 90 % of the width and 30 % of the height; 70 % are allowed."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, iconFindings(t, rules.Config{}, "icon.png", c.content))
		})
	}
}

func TestIconIsMissingInASubmissionOnly(t *testing.T) {
	assert.Empty(t, iconFindings(t, rules.Config{}, "", nil))
	assert.Equal(t, []string{"error IconMissing: The submission holds no icon."}, iconFindings(t, rules.Config{Submission: true}, "", nil))
	assert.Empty(t, iconFindings(t, rules.Config{Submission: true, Publisher: "independent"}, "", nil))
	assert.Equal(t, []string{`error IconMissing: The submission holds "Logo.png", but no icon.png.`}, iconFindings(t, rules.Config{Submission: true}, "Logo.png", []byte("x")))
	assert.Equal(t, []string{`error IconFormatNotValid: The icon is "icon.svg", not icon.png.`}, iconFindings(t, rules.Config{Submission: true}, "icon.svg", []byte("<svg/>")), "one finding for one fault")
	assert.Equal(t, []string{`error IconFormatNotValid: The icon is "Icon.jpg", not icon.png.`}, iconFindings(t, rules.Config{}, "Icon.jpg", []byte("\xff\xd8\xff")))
}

func TestIndependentPublishersHaveNoIcon(t *testing.T) {
	content := encoded(t, drawn(200, 200, color.NRGBA{R: 0xda, G: 0x3b, B: 0x01, A: 0xff}, image.Pt(100, 100)))
	assert.Equal(t, []string{"warning IconNotExpected: An independent publisher submits no icon."},
		iconFindings(t, rules.Config{Publisher: "independent"}, "icon.png", content))
}

// A 230 px icon is to cost less than 5 ms.
func BenchmarkIcon(b *testing.B) {
	m := drawn(230, 230, brand, image.Pt(150, 150))
	for i := range m.Pix {
		if x, y := i/4%230, i/4/230; x > 40 && x < 190 && y > 40 && y < 190 && i%4 < 3 {
			m.Pix[i] = byte(i * 31)
		}
	}
	engine, err := rules.New(rules.Config{Only: []string{"Icon*"}})
	require.NoError(b, err)
	files := fstest.MapFS{"apiDefinition.swagger.json": {Data: []byte(`{"swagger": "2.0", "paths": {}}`)}, "icon.png": {Data: encoded(b, m)}}
	pkg, err := connector.Load(b.Context(), connector.Source{Path: "boards", FS: files, Dir: ".", Definition: "apiDefinition.swagger.json"})
	require.NoError(b, err)
	for b.Loop() {
		engine.Check(b.Context(), pkg)
	}
}
