package finding

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Baseline is the earlier run that a run was compared with.
type Baseline struct {
	// File is the report's name as the user gave it.
	File      string    `json:"file"`
	StartedAt time.Time `json:"startedAt"`
	// New and Unchanged count this run's findings, failed and warned checks;
	// Mended counts those that only the baseline has.
	New       int `json:"new"`
	Unchanged int `json:"unchanged"`
	Mended    int `json:"mended"`
}

// Mended is a finding or a failed or warned check of the baseline that is gone.
type Mended struct {
	// Name is the rule or check.
	Name        string `json:"name"`
	File        string `json:"file,omitempty"`
	Pointer     string `json:"pointer,omitempty"`
	OperationID string `json:"operationId,omitempty"`
	Message     string `json:"message"`
}

// Compare marks what base knows already, and lists what it had that is gone.
// A connector is found again by its path, by the end of it where another machine
// has it elsewhere, or when each run has just one. What was not looked at is not mended: ran reports for a finding of base whether
// this run's rules could have found it; nil means all could. Conclude counts.
func (r *Run) Compare(base *Run, file string, ran func(*Connector, Finding) bool) {
	r.Baseline = &Baseline{File: file, StartedAt: base.StartedAt}
	before, now := byPath(base.Connectors), r.paths()
	// Those without a connector of the same path on the other side.
	gone := slices.DeleteFunc(slices.Clone(base.Connectors), func(old *Connector) bool { return now[old.Path] })
	added := slices.DeleteFunc(slices.Clone(r.Connectors), func(c *Connector) bool { return before[c.Path] != nil })
	for _, c := range r.Connectors {
		old := before[c.Path]
		if old == nil {
			old = r.moved(base, gone, added, c)
		}
		c.Mended = nil
		if old == nil {
			old = &Connector{}
		}
		c.compareFindings(old, func(f Finding) bool { return ran == nil || ran(c, f) })
		c.compareOperations(old)
	}
}

// paths are those of all connectors of the run, or of the larger run it is a shard of.
func (r *Run) paths() map[string]bool {
	out := map[string]bool{}
	for _, c := range r.Connectors {
		out[c.Path] = true
	}
	if r.Shard != nil {
		for _, path := range r.Shard.Connectors {
			out[path] = true
		}
	}
	return out
}

func byPath(connectors []*Connector) map[string]*Connector {
	out := map[string]*Connector{}
	for _, c := range connectors {
		if out[c.Path] == nil {
			out[c.Path] = c
		}
	}
	return out
}

// moved finds a connector under another path: the only one of those gone that
// has most of the path's end, when no other of those added has as much of it.
func (r *Run) moved(base *Run, gone, added []*Connector, c *Connector) *Connector {
	old, most := likest(gone, c)
	if old != nil {
		if own, back := likest(added, old); own == c && back == most {
			return old
		}
	}
	whole := len(r.Connectors)
	if r.Shard != nil {
		whole = len(r.Shard.Connectors)
	}
	if whole == 1 && len(base.Connectors) == 1 {
		return base.Connectors[0]
	}
	return nil
}

// likest returns the connector whose path has most elements at its end in common
// with c, and how many; nil when several have as many or none has any.
func likest(connectors []*Connector, c *Connector) (like *Connector, most int) {
	for _, other := range connectors {
		switch n := commonEnd(other.Path, c.Path); {
		case n > most:
			like, most = other, n
		case n == most:
			like = nil
		}
	}
	return like, most
}

// commonEnd counts the elements that two paths have in common at their ends.
func commonEnd(a, b string) int {
	elements := func(path string) []string {
		return strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	}
	first, second := elements(a), elements(b)
	n := 0
	for n < min(len(first), len(second)) && first[len(first)-1-n] == second[len(second)-1-n] {
		n++
	}
	return n
}

// likeness is what makes a finding the same as an earlier one, the closest
// likeness first: lines move, indices shift, and messages hold counts.
func likeness() []func(Finding) string {
	key := func(parts ...string) string { return strings.Join(parts, "\x00") }
	return []func(Finding) string{
		func(f Finding) string { return key(f.Rule, f.File, f.Pointer, f.Message) },
		func(f Finding) string { return key(f.Rule, f.File, f.Pointer) },
		func(f Finding) string { return key(f.Rule, f.File, withoutIndices(f.Pointer), f.Message) },
		func(f Finding) string { return key(f.Rule, f.File, f.OperationID, f.Message) },
	}
}

// withoutIndices writes * for the array indices of a pointer.
func withoutIndices(pointer string) string {
	tokens := strings.Split(pointer, "/")
	for i, token := range tokens {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			tokens[i] = "*"
		}
	}
	return strings.Join(tokens, "/")
}

// compareFindings pairs findings one to one. An earlier finding that was
// suppressed is not known: its suppression ended and it wants attention.
func (c *Connector) compareFindings(old *Connector, ran func(Finding) bool) {
	paired := make([]bool, len(old.Findings))
	found := make([]bool, len(c.Findings))
	for i := range c.Findings {
		c.Findings[i].Known = false
	}
	for _, like := range likeness() {
		index := map[string][]int{}
		for i, f := range old.Findings {
			if !paired[i] {
				index[like(f)] = append(index[like(f)], i)
			}
		}
		for i := range c.Findings {
			f := &c.Findings[i]
			candidates := index[like(*f)]
			if found[i] || len(candidates) == 0 {
				continue
			}
			index[like(*f)] = candidates[1:]
			found[i], paired[candidates[0]] = true, true
			f.Known = !f.Suppressed && !old.Findings[candidates[0]].Suppressed
		}
	}
	for i, f := range old.Findings {
		if !paired[i] && !f.Suppressed && ran(f) {
			c.Mended = append(c.Mended, Mended{Name: f.Rule, File: f.File, Pointer: f.Pointer, OperationID: f.OperationID, Message: f.Message})
		}
	}
}

// compareOperations pairs operations by name, and their checks by name and place.
func (c *Connector) compareOperations(old *Connector) {
	before := map[string]Operation{}
	for _, op := range old.Operations {
		before[op.key()] = op
	}
	for i := range c.Operations {
		op := &c.Operations[i]
		earlier, had := before[op.key()]
		fresh := false
		op.Checks = slices.Clone(op.Checks)
		for j := range op.Checks {
			check := &op.Checks[j]
			check.Known = check.attention() > 0 && earlier.worst(*check) >= check.attention()
			fresh = fresh || check.Verdict == Failed && !check.Known
		}
		op.Known = op.Verdict == Failed && had && earlier.Verdict == Failed && !fresh
		if op.Verdict != Skipped {
			c.Mended = append(c.Mended, op.mended(earlier)...)
		}
	}
}

func (op Operation) key() string { return op.OperationID + "\x00" + op.Method + "\x00" + op.Path }

// attention orders the verdicts of a check that want some.
func (c Check) attention() int {
	switch c.Verdict {
	case Failed:
		return 2
	case Warned:
		return 1
	default:
		return 0
	}
}

// sameAs reports that two checks found the same fault: at the same place in the
// body or, without a place, in the same words.
func (c Check) sameAs(other Check) bool {
	return c.Check == other.Check && withoutIndices(c.Pointer) == withoutIndices(other.Pointer) &&
		(c.Pointer != "" || wording(c.Message) == wording(other.Message))
}

// wording leaves out of a message the words with digits in them: figures, ids
// and trace numbers differ from call to call.
func wording(message string) string {
	words := strings.FieldsFunc(message, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' })
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return strings.ContainsAny(word, "0123456789") }), " ")
}

// worst is how much attention the same check wanted in this operation.
func (op Operation) worst(check Check) int {
	most := 0
	for _, own := range op.Checks {
		if own.sameAs(check) {
			most = max(most, own.attention())
		}
	}
	return most
}

// mended lists the checks that wanted attention earlier and want less now.
func (op Operation) mended(earlier Operation) []Mended {
	var out []Mended
	for _, check := range earlier.Checks {
		if check.attention() > op.worst(check) {
			out = append(out, Mended{Name: check.Check, Pointer: check.Pointer, OperationID: op.OperationID, Message: check.Message})
		}
	}
	return out
}

func (b *Baseline) count(connectors []*Connector) {
	b.New, b.Unchanged, b.Mended = 0, 0, 0
	add := func(known bool) {
		if known {
			b.Unchanged++
		} else {
			b.New++
		}
	}
	for _, c := range connectors {
		b.Mended += len(c.Mended)
		for _, f := range c.Findings {
			if !f.Suppressed {
				add(f.Known)
			}
		}
		for _, op := range c.Operations {
			for _, check := range op.Checks {
				if check.attention() > 0 {
					add(check.Known)
				}
			}
		}
	}
}
