package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/runner"
)

// starter writes a precert.yaml: what holds as it is, and proposals as comments
// that need no more than the # removed.
type starter struct {
	pkg    *connector.Package
	survey *runner.Survey
	now    time.Time
	text   strings.Builder
}

// Bounds on what is named, so that a large connector still gets a short file.
const (
	shownNames   = 3
	shownEntries = 8
	// commentColumn is where remarks begin on lines that are short enough.
	commentColumn = 32
)

func (s *starter) line(format string, args ...any) {
	s.text.WriteString(plain(fmt.Sprintf(format, args...)) + "\n")
}

func (s *starter) blank() { s.text.WriteString("\n") }

// remarked writes a line with a remark behind it, "" for none.
func (s *starter) remarked(text, remark string) {
	if remark != "" {
		text += strings.Repeat(" ", max(2, commentColumn-utf8.RuneCountInString(text))) + "# " + remark
	}
	s.line("%s", text)
}

func (s *starter) head() {
	s.line("# precert.yaml for %s. Every key is optional; a flag wins over the environment,", cmp.Or(s.pkg.Title(), "a connector"))
	s.line("# the environment over this file. Commented keys are proposals: remove the # to use one.")
	s.line("# `precert test --dry-run` shows what would be sent. docs/configuration.md lists the keys.")
	s.blank()
	s.remarked("publisher: "+s.pkg.Publisher(), "verified | independent | auto")
	s.remarked("severity: error", "what makes the run fail: error | warning | info")
	s.blank()
}

// address proposes the base URL and says what else decides it.
func (s *starter) address() {
	root := s.pkg.Definition.Root
	host, basePath := root.Get("host").String(), strings.TrimRight(root.Get("basePath").String(), "/")
	var deciding []string
	policy := ""
	for _, use := range s.survey.Uses {
		if use.Target == "the host" && !slices.Contains(deciding, use.Connection) {
			deciding, policy = append(deciding, use.Connection), use.Policy
		}
	}
	switch {
	case len(deciding) > 0:
		s.line("# The policy %s makes the address from %s below; a sandbox may stand in its place:", policy, strings.Join(deciding, " and "))
	case host == "":
		s.line("# The definition has no host: give the address of the API.")
	default:
		s.line("# The address of a sandbox of your API, instead of %s%s:", host, basePath)
	}
	s.line("# baseUrl: https://sandbox.example.com%s", basePath)
	s.blank()
}

// methods lists what the unsafe methods would do, and proposes to allow them.
func (s *starter) methods() {
	s.remarked("calls: 10", "successful calls each operation needs")
	s.remarked("# rate: 10/s", "at most so many requests")
	did := map[string]map[string][]string{}
	var methods []string
	for _, deed := range s.survey.Deeds {
		if did[deed.Method] == nil {
			did[deed.Method] = map[string][]string{}
			methods = append(methods, deed.Method)
		}
		did[deed.Method][deed.Does] = append(did[deed.Method][deed.Does], deed.Operation)
	}
	if len(methods) == 0 {
		s.blank()
		return
	}
	slices.Sort(methods)
	s.line("# Other methods than GET run only when they are allowed. precert changes and deletes only what it")
	s.line("# created, and deletes that at the end. What would happen:")
	for _, method := range methods {
		for _, verb := range []string{"creates", "changes", "deletes", "does", "reads", "registers", "unregisters"} {
			if names := did[method][verb]; len(names) > 0 {
				s.line("# %s %s: %s", method, verbs()[verb], few(names))
			}
		}
	}
	s.line("# allow: [%s]", strings.Join(methods, ", "))
	s.blank()
}

// verbs are what operations do, in words for the file.
func verbs() map[string]string {
	return map[string]string{"creates": "creates", "changes": "changes", "deletes": "deletes", "does": "does other things", "reads": "only reads",
		"registers": "registers webhooks", "unregisters": "unregisters webhooks"}
}

// few names some and counts the others.
func few(names []string) string {
	if len(names) <= shownNames+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shownNames], ", "), len(names)-shownNames)
}

// triggers proposes what makes the events of triggers happen.
func (s *starter) triggers() {
	if len(s.survey.Triggers) == 0 {
		return
	}
	s.line("# Triggers are judged by the events that the run causes. Name what causes one where precert cannot tell:")
	s.line("# an operation (fire) or a command line (command), and how long to wait.")
	if slices.ContainsFunc(s.survey.Triggers, func(t runner.TriggerSurvey) bool { return t.Webhook }) {
		s.line("# Webhooks also need an address at which the API reaches this machine: --callback-url (docs/webhooks.md).")
	}
	s.line("# triggers:")
	for i, t := range s.survey.Triggers {
		if i == shownEntries {
			s.line("#   # … and %d more", len(s.survey.Triggers)-i)
			break
		}
		if len(t.Fire) == 0 {
			s.remarked(fmt.Sprintf("#   %s: {fire: …, wait: 30s}", key(t.Operation)), "no operation is known to cause it")
			continue
		}
		s.remarked(fmt.Sprintf("#   %s: {fire: %s, wait: 30s}", key(t.Operation), key(t.Fire[0])), "found by itself: "+few(t.Fire))
	}
	s.blank()
}

// rest are the keys that need nothing of the connector but an example.
func (s *starter) rest() {
	if s.pkg.File(connector.RoleScript) != nil {
		s.line("# precert does not run script.csx: what the script would change is not held against the API.")
		s.remarked("# script: bypass", "judge its operations as if there were no script")
		s.blank()
	}
	s.line("# Severities of rules and checks: off | info | warning | error. `precert rules` lists the names.")
	s.line("# rules:")
	s.line("#   OperationIdSanitized: off")
	s.blank()
	at := "/paths"
	if operations := s.pkg.Definition.Operations; len(operations) > 0 && operations[0].ID != "" {
		at = key(operations[0].ID)
	}
	s.line("# Findings that you accept, each with a reason and, best, a last day.")
	s.line("# ignore:")
	s.line("#   - rule: OperationSummaryTooLong")
	s.remarked("#     at: "+at, "an operationId, or the beginning of a pointer such as /paths/~1cards")
	s.line("#     reason: approved by the certification team")
	s.line("#     until: %s", s.now.AddDate(0, 6, 0).Format(time.DateOnly))
}

// plain keeps a text on its line of YAML comment.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text)
}

// key writes a name in YAML, quoted when it is not a plain word.
func key(name string) string {
	plainWord := name != "" && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	}) < 0
	first := byte('0')
	if plainWord {
		first = name[0]
	}
	reserved := slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}, strings.ToLower(name))
	if !plainWord || first == '-' || first >= '0' && first <= '9' || reserved {
		return fmt.Sprintf("%q", plain(name))
	}
	return name
}
