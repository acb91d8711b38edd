package cmd

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/fixtures"
)

// marked is what a viewer marks: the text of each result's region by rule and
// pointer, read from the file by lines and characters.
func marked(t *testing.T, definition []byte) (texts, fingerprints map[string]string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	require.NoError(t, fixtures.WriteTo(dir, fixtures.Worst()))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "apiDefinition.swagger.json"), definition, 0o600))
	code, out, stderr := runHere(t, "check", dir, "--format", "sarif")
	require.Equal(t, ExitNotReady, code, stderr)
	var log struct {
		Runs []struct {
			ColumnKind string
			Results    []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
					LogicalLocations []struct{ FullyQualifiedName string }
				}
				PartialFingerprints map[string]string
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &log))
	require.Equal(t, "unicodeCodePoints", log.Runs[0].ColumnKind)
	plain := strings.ReplaceAll(strings.TrimPrefix(string(definition), "\ufeff"), "\r\n", "\n")
	lines := strings.Split(plain, "\n")
	texts, fingerprints = map[string]string{}, map[string]string{}
	for _, r := range log.Runs[0].Results {
		place := r.Locations[0].PhysicalLocation
		if len(r.Locations[0].LogicalLocations) == 0 || !strings.HasSuffix(place.ArtifactLocation.URI, "apiDefinition.swagger.json") {
			continue
		}
		line := []rune(lines[place.Region.StartLine-1])
		require.Equal(t, place.Region.StartLine, place.Region.EndLine)
		key := r.RuleID + " " + r.Locations[0].LogicalLocations[0].FullyQualifiedName
		// An excerpt shows at least so much of a long text.
		end := min(place.Region.EndColumn, place.Region.StartColumn+50)
		texts[key] += string(line[place.Region.StartColumn-1:end-1]) + "\n"
		fingerprints[key] += r.PartialFingerprints["precert/v1"] + "\n"
	}
	return texts, fingerprints
}

// TestSARIFRegionsMarkTheFlaggedText holds columns to the file itself, whatever
// stands before the place: characters of two UTF-16 units, a mark of the byte
// order, other line ends, or the whole document on one line.
func TestSARIFRegionsMarkTheFlaggedText(t *testing.T) {
	source, err := fs.ReadFile(fixtures.Worst(), "apiDefinition.swagger.json")
	require.NoError(t, err)
	source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n"))
	// Emoji and ideographs come before much of what is flagged, in its line too.
	source = bytes.ReplaceAll(source, []byte(`"get": {`), []byte(`"x-🎫漢字": "👩‍💻", "get": {`))
	require.Contains(t, string(source), "🎫")
	var minified bytes.Buffer
	require.NoError(t, json.Compact(&minified, source))
	texts, fingerprints := marked(t, source)
	assert.Greater(t, len(texts), 100)
	for key, text := range texts {
		assert.Regexp(t, `^("[^"]*"?|\{|\[|-?[0-9.eE+-]+|true|false|null)\n`, text, key)
	}
	for name, form := range map[string][]byte{
		"CRLF":        bytes.ReplaceAll(source, []byte("\n"), []byte("\r\n")),
		"BOM":         append([]byte("\ufeff"), source...),
		"minified":    minified.Bytes(),
		"lines above": append([]byte(strings.Repeat("\n", 10)), source...),
	} {
		t.Run(name, func(t *testing.T) {
			got, prints := marked(t, form)
			for key, text := range texts {
				assert.Equal(t, text, got[key], key)
				assert.Equal(t, fingerprints[key], prints[key], "the fingerprint of %s", key)
			}
		})
	}
}

func TestFingerprintsOutliveAnotherOrderOfMembers(t *testing.T) {
	source, err := fs.ReadFile(fixtures.Worst(), "apiDefinition.swagger.json")
	require.NoError(t, err)
	var document any
	require.NoError(t, json.Unmarshal(source, &document))
	sorted, err := json.MarshalIndent(document, "", "  ")
	require.NoError(t, err)
	_, before := marked(t, source)
	_, after := marked(t, sorted)
	// Of two that clash the second is flagged, and which one that is depends on the order.
	moved := 0
	for key, prints := range before {
		if after[key] == "" {
			moved++
			continue
		}
		assert.Equal(t, prints, after[key], key)
	}
	assert.Less(t, moved, len(before)/10, "of %d", len(before))
}
