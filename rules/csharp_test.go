package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/precert/precert/connector"
)

// compact writes tokens compactly: names and signs as they are, literals by kind.
func compact(s *csScan) string {
	var out []string
	for _, t := range s.tokens {
		switch t.kind {
		case csText:
			out = append(out, fmt.Sprintf("text(%s)", t.text))
		case csPart:
			out = append(out, fmt.Sprintf("part(%s)", t.text))
		case csChar:
			out = append(out, fmt.Sprintf("char(%s)", t.text))
		case csDirective:
			out = append(out, fmt.Sprintf("directive(%s)", t.text))
		default:
			out = append(out, t.text)
		}
	}
	return strings.Join(out, " ")
}

func TestScanCSharp(t *testing.T) {
	for _, c := range []struct{ name, code, want string }{
		{"names and signs", "var count = items.Count >= 1_000.5f;", "var count = items . Count > = 1_000.5f ;"},
		{"member of a number", "1.ToString()", "1 . ToString ( )"},
		{"comments", "a // b \"c\"\n/* d \"e */ f /**/", "a f"},
		{"keyword as a name", "var @class = 1;", "var class = 1 ;"},
		{"letters beyond ASCII", "var größe = 1;", "var größe = 1 ;"},
		{"string", `a("x\"y\\", "")`, `a ( text(x"y\) , text() )`},
		{"verbatim string", `@"C:\boards\""x""" + 1`, `text(C:\boards\"x") + 1`},
		{"verbatim string of quotes", `@"""" + @""`, `text(") + text()`},
		{"verbatim string of several lines", "@\"a\nb\" c", "text(a\nb) c"},
		{"character", `'{' + '\'' + '"'`, `char({) + char(\') + char(")`},
		{"interpolated string", `$"a {b} {{c}}" d`, `b part(a {} {{c}}) d`},
		{"format in a hole", `$"{date:yyyy-MM-dd}" d`, `date part({}) d`},
		{"alias in a hole", `$"{global::System.Guid.Empty}"`, `global :: System . Guid . Empty part({})`},
		{"string in a hole", `$"{(x ? "yes" : "no")}"`, `( x ? text(yes) : text(no) ) part({})`},
		{"interpolated in interpolated", `$"a {$"b {c}"}"`, `c part(b {}) part(a {})`},
		{"object in a hole", `$"{new { A = 1 }.A}"`, `new { A = 1 } . A part({})`},
		{"verbatim interpolated", "$@\"a\n{b}\"\"\" + @$\"{c}\"", "b part(a\n{}\") + c part({})"},
		{"raw string", `"""a "b" { c""" d`, `text(a "b" { c) d`},
		{"raw string in more quotes", `""""a """ b"""" c`, `text(a """ b) c`},
		{"raw interpolated", `$"""{a} {"b"}""" c`, `a text(b) part({} {}) c`},
		{"raw with two braces", `$$"""{"card": {{name}}}""" c`, `name part({"card": {}}) c`},
		{"directives", "#r \"Lib.dll\"\nusing System;\n  #region A", `directive(#r "Lib.dll") using System ; directive(#region A)`},
		{"arrow and comparison", "x => x == 1 != y", "x => x == 1 != y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scanCSharp(c.code)
			assert.Equal(t, c.want, compact(s))
			assert.Empty(t, s.faults)
			assert.Nil(t, s.unbalanced())
		})
	}
}

func TestScanCSharpTellsWhatDoesNotEnd(t *testing.T) {
	for code, want := range map[string]string{
		"a /* b":                "2: The comment that begins here does not end.",
		"a = \"b;\nc = \"d\";":  "4: The string that begins here does not end on its line.",
		`a = @"b;`:              "4: The string that begins here does not end.",
		`a = """b";`:            "4: The string that begins here does not end.",
		`a = 'b;`:               "4: The character literal that begins here does not end.",
		`a = $"b {c";`:          "10: The string that begins here does not end.",
		"a = $\"b {c\n} d\"; }": "",
	} {
		s := scanCSharp(code)
		if want == "" {
			continue // newer compilers accept it: what matters is that the scan ends
		}
		require.NotEmpty(t, s.faults, code)
		assert.Equal(t, want, fmt.Sprintf("%d: %s", s.faults[0].start, s.faults[0].message), code)
	}
}

func TestUnbalanced(t *testing.T) {
	assert.Equal(t, "The bracket ) closes nothing that is open here.", scanCSharp("a(b[c)];").unbalanced().message)
	assert.Equal(t, "The bracket { is never closed.", scanCSharp("a { b(c);").unbalanced().message)
	assert.Nil(t, scanCSharp("#if DEBUG\na {\n#else\nb {\n#endif\n}").unbalanced())
}

func TestOperationNames(t *testing.T) {
	for _, c := range []struct {
		name, code string
		want       []string
	}{
		{"compared", `if (this.Context.OperationId == "A" || Context.OperationId != "B" || "C" == this.Context.OperationId) { }`, []string{"A", "B", "C"}},
		{"by Equals", `this.Context.OperationId.Equals("A", StringComparison.Ordinal)`, []string{"A"}},
		{"by a variable", `var id = this.Context.OperationId; if (id == "A") { } if (name == "B") { }`, []string{"A"}},
		{"in a switch", `switch (this.Context.OperationId) { case "A": case "B": x("C"); switch (y) { case "D": break; } break; default: break; }`, []string{"A", "B"}},
		{"in an expression", `return id switch { "A" => x("C"), _ => null }; string id = Context.OperationId;`, []string{"A"}},
		{"in comments and texts", `// Context.OperationId == "A"` + "\n" + `var text = "Context.OperationId == \"B\"";`, nil},
		{"part of another text", `if (this.Context.OperationId.StartsWith("List")) { }`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Pass{Package: &connector.Package{Files: []*connector.Artefact{{Role: connector.RoleScript, Name: "script.csx", Content: []byte(c.code)}}},
				facts: &facts{memo: map[string]any{}}}
			var got []string
			for _, name := range p.script().operationNames() {
				got = append(got, name.id)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func FuzzScanCSharp(f *testing.F) {
	for _, seed := range []string{"class Script : ScriptBase { }", `$@"{a:b}"" {{c}}"`, `$$"""{{"a"}}"""`, "#if\n'\\", `@`, "\xff$\"{", `"""""""`, "/*", "🚀"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		s := scanCSharp(code)
		last := 0
		for _, token := range s.tokens {
			require.Less(t, token.start, token.end)
			require.LessOrEqual(t, token.end, len(code))
			last = max(last, token.end)
		}
		for _, fault := range s.faults {
			require.LessOrEqual(t, fault.start, fault.end)
			require.LessOrEqual(t, fault.end, len(code))
		}
		s.unbalanced()
	})
}

// The cost of a scan grows with the script, whatever stands in it.
func BenchmarkScanCSharp(b *testing.B) {
	for _, unit := range []string{"if (a == \"b\") { return c; }\n", "$\"{", "#", "/*", "\"", "@", "{", "$\"{a}\" "} {
		for _, n := range []int{10_000, 100_000} {
			b.Run(fmt.Sprintf("%q/%d", unit, n), func(b *testing.B) {
				code := strings.Repeat(unit, n/len(unit))
				b.SetBytes(int64(len(code)))
				for b.Loop() {
					scanCSharp(code).unbalanced()
				}
			})
		}
	}
}
