package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func hitsIn(value string) []string {
	r := &reading{}
	r.read(text{value: value, kind: operationDescription}, lexicon())
	var out []string
	for _, h := range r.hits {
		out = append(out, strings.TrimSpace(h.what+" "+h.fix))
	}
	return out
}

func TestReadFindsWordsAndPhrases(t *testing.T) {
	for value, want := range map[string][]string{
		"The adress, recieved Seperate ADRESS.":               {"adress address", "recieved received", "Seperate separate", "ADRESS address"},
		"the 'adress' or \"adress\" field":                    nil,
		"/adress/x, adress_line, adress.x, x.adress, #adress": nil,
		"adressLine, ADRESSline, HDInsight":                   nil,
		"For Power Automate and POWER  APPS.":                 {"Power Automate", "POWER  APPS"},
		"In Power BI's service, not Power Bills":              {"Power BI"},
		"TODO: say more. Todos are fine.":                     {"TODO:"},
		"You must call this first":                            {"You must call"},
	} {
		assert.Equal(t, want, hitsIn(value), value)
	}
}

func TestForeignTexts(t *testing.T) {
	for value, want := range map[string]string{
		"Ruft die Karten eines Boards für den Benutzer ab": "German",
		"Lorsque des données sont reçues":                  "French",
		"Cuando se reciben datos de los dispositivos":      "Spanish",
		"O nome do cartão que é criado para um quadro":     "Portuguese",
		"Il nome della scheda che è nel tablò":             "Italian",
		"Haalt de kaarten van het bord op voor een klant":  "Dutch",
		"Hämtar kort som är öppna för en kund":             "Swedish",
		"Lists the cards of Banco de la Nación del Perú":   "",
		"Banco de la Plata":                                "",
		"Museo de la Nación":                               "",
		"Codes: de, en, es, el, la, da, no, se":            "",
		"DE: 1, DER: 2, DIE: 3, FÜR: 4":                    "",
		"Café au lait, crème brûlée":                       "",
		"Die casting machine number":                       "",
		"Van der Berg":                                     "",
		"Status of the card (e.g. das, der, die)":          "",
	} {
		r := &reading{}
		r.read(text{value: value, kind: operationDescription}, lexicon())
		var got []string
		for _, f := range r.foreign {
			got = append(got, languages()[f.language].name)
		}
		assert.Equal(t, want, strings.Join(got, " "), value)
	}
}

func TestURLIn(t *testing.T) {
	for s, want := range map[string]string{
		"see https://fabrikam.com/a?b=c.":    "https://fabrikam.com/a?b=c",
		"(http://fabrikam.com)":              "http://fabrikam.com",
		"at https://{instance}.fabrikam.com": "https://{instance}.fabrikam.com",
		"at www.fabrikam.com, please":        "www.fabrikam.com",
		"scheme://, http:// or ://x":         "",
		"awww.cute and www. and x":           "",
		"fabrikam.com":                       "",
	} {
		assert.Equal(t, want, urlIn(s), s)
	}
}

func TestForeignLetters(t *testing.T) {
	for s, want := range map[string]string{
		"Café Ångström – naïve™ №5": "",
		"size in µm, R in Ω, Δt":    "",
		"карточка and доска":        "карточка",
		"字":                         "字",
		"カード list":                  "カード",
		"αβ":                        "αβ",
		"":                          "",
	} {
		assert.Equal(t, want, foreignLetters(s), s)
	}
}

func TestHTMLTag(t *testing.T) {
	for s, want := range map[string]string{
		"a <b>bold</b> word":      "<b>",
		"a break<br/>":            "<br/>",
		`<a href="x">y</a>`:       `<a href="x">`,
		"a < b and c > d":         "",
		"<boardId> or <i":         "",
		"Dictionary<string, int>": "",
	} {
		assert.Equal(t, want, htmlTag(s), s)
	}
}
