package reports

import (
	"fmt"
	"strings"
)

// junitOutcome gathers what one case has to say.
type junitOutcome struct {
	// message and kind are those of the first failure.
	message, kind string
	failed, told  []string
}

// fail takes a failure in; message is one line of text.
func (o *junitOutcome) fail(message, kind, text string) {
	if len(o.failed) == 0 {
		o.message, o.kind = message, kind
	}
	o.failed = append(o.failed, text)
}

// tell takes in what does not fail the case.
func (o *junitOutcome) tell(text string) { o.told = append(o.told, text) }

// add fails or tells.
func (o *junitOutcome) add(fails bool, message, kind, text string) {
	if fails {
		o.fail(message, kind, text)
		return
	}
	o.tell(text)
}

// junitOutcomes are the outcomes of a suite by the names of their cases, in the
// order in which they came: servers take two cases of one name for one.
type junitOutcomes struct {
	names  []string
	byName map[string]*junitOutcome
}

func (o *junitOutcomes) of(name string) *junitOutcome {
	if o.byName == nil {
		o.byName = map[string]*junitOutcome{}
	}
	if o.byName[name] == nil {
		o.names = append(o.names, name)
		o.byName[name] = &junitOutcome{}
	}
	return o.byName[name]
}

func (b junitBuilder) addOutcomes(s *junitSuite, class string, outcomes junitOutcomes) {
	for _, name := range outcomes.names {
		tc := junitCase{Name: name, Class: class}
		b.conclude(&tc, *outcomes.byName[name])
		s.add(tc, 0)
	}
}

// conclude writes an outcome into its case. A case has one failure with all that
// failed: Jenkins, Azure Pipelines and actions for GitHub show no second one.
func (b junitBuilder) conclude(tc *junitCase, o junitOutcome) {
	if len(o.failed) > 0 {
		message := o.message
		if more := len(o.failed) - 1; more > 0 {
			message += fmt.Sprintf(" (and %s more)", thousands(more))
		}
		tc.Failure = &junitFailure{Message: message, Type: o.kind, Text: b.escaped(strings.Join(o.failed, "\n\n"))}
	}
	if len(o.told) > 0 {
		tc.SystemOut = &junitText{b.escaped(strings.Join(o.told, "\n"))}
	}
}
