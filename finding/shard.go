package finding

// Shard says which part of a larger run a run is.
type Shard struct {
	// Index counts from 1 to Count.
	Index int `json:"index"`
	Count int `json:"count"`
	// Connectors are the paths of all connectors of the larger run, in its order.
	Connectors []string `json:"connectors"`
}

// Owners returns the shards, counted from 1, that share the connector at a
// position, counted from 0. The first does its static half; operation k of the
// definition belongs to number k modulo their number. There is more than one
// owner only when there are more shards than connectors.
func Owners(position, connectors, shards int) []int {
	if shards <= connectors {
		return []int{position%shards + 1}
	}
	var out []int
	for shard := position; shard < shards; shard += connectors {
		out = append(out, shard+1)
	}
	return out
}

// Owners returns the shards that share the connector at a position.
func (s *Shard) Owners(position int) []int {
	return Owners(position, len(s.Connectors), s.Count)
}

// Policy is one line of the certification policy's checklist.
type Policy struct {
	// Number is Microsoft's, such as 5000.2.6.2.
	Number string `json:"number"`
	// Title says in a few words what it wants.
	Title string `json:"title"`
	// Rules are the rules and checks of this run that look at it.
	Rules []string `json:"rules,omitempty"`
	// Attest says what the submitter must confirm by hand because no program can
	// see it; "" when Rules cover all of it.
	Attest string `json:"attest,omitempty"`
	// Package says that only a submission package, a zip, shows it.
	Package bool `json:"package,omitempty"`
	// Needs is what has to be there for the policy to be judged at all: the role
	// of a file, or one of NeedsLive and NeedsHTTPS; "" when the definition is enough.
	Needs string `json:"needs,omitempty"`
}

// What a policy may need besides files.
const (
	// NeedsLive is an operation that was called.
	NeedsLive = "live"
	// NeedsHTTPS is an operation that was called over https.
	NeedsHTTPS = "https"
)
