package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/finding"
)

// filled sets every field of a value to something that is not left out, to depth.
func filled(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 1, 31, 10, 0, 0, 500, time.UTC)))
			return
		}
		for i := range v.NumField() {
			filled(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		filled(v.Index(0))
		filled(v.Index(1))
	case reflect.String:
		v.SetString("a <b> & \"c\" \u2028 \xff é")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(0.25)
	default:
		v.SetInt(2)
	}
}

func TestJSONIsWhatTheStandardLibraryWrites(t *testing.T) {
	runs := sampleRuns()
	var whole finding.Run
	filled(reflect.ValueOf(&whole).Elem())
	runs["whole"], runs["bare"] = &whole, &finding.Run{Connectors: []*finding.Connector{{}}}
	for name, run := range runs {
		if name == "hostile" {
			continue // its marks are escaped
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		require.NoError(t, enc.Encode(withLists(run)))
		assert.Equal(t, want.String(), render(t, "json", Options{}, run), name)
	}
}

func TestJSONEscapesWhatActsOnAScreen(t *testing.T) {
	const marks = "a\u202eb\u2066c\u200fd\u061ce\u009b31mf\u0085g\x7fh\ufffei\uffffj ##vso[task.complete]##[error] ## [x] ##Vso[y]"
	run := newRun("check", &finding.Connector{Path: "x", Title: marks, Findings: []finding.Finding{{Message: marks}}})
	text := render(t, "json", Options{}, run)
	assert.Contains(t, text, `"message": "a\u202eb\u2066c\u200fd\u061ce\u009b31mf\u0085g\u007fh\ufffei\uffffj #\u0023vso[task.complete]#\u0023[error] ## [x] #\u0023Vso[y]"`)
	var back finding.Run
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.Equal(t, marks, back.Connectors[0].Title, "the value stays")
	assert.Equal(t, marks, back.Connectors[0].Findings[0].Message)
}

func TestJSONSaysWhatCannotBeWritten(t *testing.T) {
	run := newRun("test", &finding.Connector{Operations: []finding.Operation{{Latency: finding.Latency{P50: math.NaN()}}}})
	err := jsonReporter{}.Write(io.Discard, run)
	require.ErrorContains(t, err, "NaN")
}

// pieces notes the largest piece that was handed over at once.
type pieces struct{ count, largest int }

func (p *pieces) Write(text []byte) (int, error) {
	p.count++
	p.largest = max(p.largest, len(text))
	return len(text), nil
}

func TestLargeReportsAreWrittenInPieces(t *testing.T) {
	run := largeRun(1000, 5000)
	for _, format := range Formats() {
		reporter, err := New(format.Name, Options{Verbose: true})
		require.NoError(t, err)
		var got pieces
		require.NoError(t, reporter.Write(&got, run))
		assert.Less(t, got.largest, 1<<18, "%s in %d pieces", format.Name, got.count)
	}
}
