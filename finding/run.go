package finding

import "time"

// Schema names the form of the JSON report.
const Schema = "precert.report/v1"

// Run is the whole outcome of one invocation: the JSON report.
type Run struct {
	Schema     string    `json:"schema"`
	Tool       Tool      `json:"tool"`
	Command    string    `json:"command"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	Verdict    Verdict   `json:"verdict"`
	// Seed is the seed of the live run; 0 when there was none.
	Seed int64 `json:"seed,omitempty"`
	// FailOn is the least severity that keeps a connector from being ready.
	FailOn     Severity     `json:"failOn"`
	Summary    Summary      `json:"summary"`
	Connectors []*Connector `json:"connectors"`
	// Docs explains every rule and check that Connectors name, sorted by name.
	Docs []Doc `json:"docs,omitempty"`
	// Policies is the checklist of the certification policy, in its order.
	Policies []Policy `json:"policies,omitempty"`
	// Shard says which part of a larger run this is; nil for a whole one.
	Shard *Shard `json:"shard,omitempty"`
	// Baseline says what this run was compared with; nil when it was not.
	Baseline *Baseline `json:"baseline,omitempty"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Summary counts over all connectors. Suppressed findings are not counted.
type Summary struct {
	Connectors int `json:"connectors"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Infos      int `json:"infos"`
	Suppressed int `json:"suppressed,omitempty"`
	Operations int `json:"operations"`
	Passed     int `json:"passed"`
	Failed     int `json:"failed"`
	Skipped    int `json:"skipped"`
	// Accepted counts the failed and warned checks that a suppression covers.
	Accepted int `json:"accepted,omitempty"`
}

// Connector is the outcome of one connector.
type Connector struct {
	Path      string `json:"path"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	// PublisherReason says what told the kind of publisher, "" when it was given.
	PublisherReason string  `json:"publisherReason,omitempty"`
	Verdict         Verdict `json:"verdict"`
	// Incomplete says why the run did not finish; "" when it did.
	Incomplete string      `json:"incomplete,omitempty"`
	BaseURL    string      `json:"baseUrl,omitempty"`
	Files      []File      `json:"files"`
	Findings   []Finding   `json:"findings"`
	Operations []Operation `json:"operations"`
	Causes     []Cause     `json:"causes,omitempty"`
	Changes    []Change    `json:"changes,omitempty"`
	Exchanges  []Exchange  `json:"exchanges,omitempty"`
	// Leftovers are things the run created and could not delete.
	Leftovers []string `json:"leftovers,omitempty"`
	// Mended is what the baseline had and this run does not find any more.
	Mended []Mended `json:"mended,omitempty"`
}

// File is one artefact that was read.
type File struct {
	Name string `json:"name"`
	// Role says what the file is to the connector: definition, apiProperties,
	// icon, readme, intro, script or settings.
	Role   string `json:"role,omitempty"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Change is one difference between two versions of a connector.
type Change struct {
	Change    string   `json:"change"`
	Severity  Severity `json:"severity"`
	ValuePath string   `json:"valuePath"`
	Message   string   `json:"message"`
	Hint      string   `json:"hint,omitempty"`
}

// Doc explains a rule or a live check to a reader of the report.
type Doc struct {
	Name string `json:"name"`
	// Section groups rules by subject; live checks say "Live checks".
	Section  string   `json:"section"`
	Severity Severity `json:"severity"`
	Policy   string   `json:"policy,omitempty"`
	// Checker names the rules of the solution checker that look for the same.
	Checker []string `json:"checker,omitempty"`
	// Summary is one line; Why says what happens if it is not mended; Fix how to mend it.
	Summary string `json:"summary"`
	// Fails, Warns and Skips say which verdict a live check gives when; "" for rules.
	Fails string `json:"fails,omitempty"`
	Warns string `json:"warns,omitempty"`
	Skips string `json:"skips,omitempty"`
	Why   string `json:"why,omitempty"`
	Fix   string `json:"fix,omitempty"`
	// Wrong and Right are short examples.
	Wrong  string `json:"wrong,omitempty"`
	Right  string `json:"right,omitempty"`
	Source string `json:"source,omitempty"`
}

// Conclude counts the summary and sets every verdict. A connector is not ready
// when an unsuppressed finding or change reaches failOn, when an operation
// failed, or when a check warned and failOn is a warning or less; it is
// incomplete when its run did not finish. What the baseline knows does not count
// against a connector.
func (r *Run) Conclude(failOn Severity) {
	r.FailOn = failOn
	r.Summary = Summary{Connectors: len(r.Connectors)}
	r.Verdict = Ready
	for _, c := range r.Connectors {
		c.conclude(failOn, &r.Summary)
		r.Verdict = worse(r.Verdict, c.Verdict)
	}
	if r.Baseline != nil {
		r.Baseline.count(r.Connectors)
	}
}

// worse prefers incomplete over not-ready over ready: an unfinished run has
// exit code 3 even when something was already found.
func worse(a, b Verdict) Verdict {
	for _, v := range []Verdict{Incomplete, NotReady} {
		if a == v || b == v {
			return v
		}
	}
	return Ready
}

func (c *Connector) conclude(failOn Severity, sum *Summary) {
	bad := false
	meets := func(s Severity) bool { return s != Off && s >= failOn }
	for _, f := range c.Findings {
		if f.Suppressed {
			sum.Suppressed++
			continue
		}
		sum.count(f.Severity)
		bad = bad || meets(f.Severity) && !f.Known
	}
	for _, ch := range c.Changes {
		sum.count(ch.Severity)
		bad = bad || meets(ch.Severity)
	}
	for _, op := range c.Operations {
		sum.Operations++
		switch op.Verdict {
		case Failed:
			sum.Failed++
			bad = bad || !op.Known
		case Skipped:
			sum.Skipped++
		default:
			sum.Passed++
		}
		for _, check := range op.Checks {
			if check.Accepted != "" {
				sum.Accepted++
			}
			bad = bad || check.Verdict == Warned && meets(Warning) && !check.Known
		}
	}
	c.Verdict = Ready
	if bad {
		c.Verdict = NotReady
	}
	if c.Incomplete != "" {
		c.Verdict = Incomplete
	}
}

func (s *Summary) count(severity Severity) {
	switch severity {
	case Error:
		s.Errors++
	case Warning:
		s.Warnings++
	case Info:
		s.Infos++
	case Off:
	}
}
