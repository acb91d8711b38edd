package runner

import "github.com/precert/precert/finding"

// EventKind says what an Event is about.
type EventKind int

// The kinds of events.
const (
	// Started: an operation begins. Called: one of its calls was answered. Finished: it is done.
	Started EventKind = iota
	Called
	Finished
)

// Event is one step of a run, told while it happens.
type Event struct {
	Kind        EventKind
	OperationID string
	Method      string
	Path        string
	// Success is the number of successes so far, Calls the number wanted.
	Success, Calls int
	// Verdict and Reason are set when the operation is finished.
	Verdict finding.Verdict
	Reason  string
	// Done counts finished operations, Total all that are reported.
	Done, Total int
}
