package changes

import (
	"math"

	"github.com/precert/precert/connector"
)

// maxAgain bounds how often one operation looks into shared schemas again that
// it has looked into before: definitions that all use each other stand at more
// places than anybody reads. Every one is looked into at least once.
const maxAgain = 300

// pair is two schemas under comparison, as an input or an output.
type pair struct {
	old, updated *connector.Node
	input        bool
}

// walk remembers what was compared, so that shared schemas are compared once
// and recursive ones end. A schema that refers to one still under comparison
// adds nothing there; that it has no difference holds only as long as that
// comparison goes on, or if it finds none either.
type walk struct {
	// same holds pairs without a difference.
	same map[pair]bool
	// active maps the pairs under comparison to their depth.
	active map[pair]int
	// assumed maps pairs without a difference of their own to the least depth
	// that they rely on; order lists them as they came.
	assumed map[pair]int
	order   []pair
	// seen holds the pairs that were looked into in the operation at hand,
	// again counts how often that was not for the first time.
	seen  map[pair]bool
	again int
}

func newWalk() walk {
	return walk{same: map[pair]bool{}, active: map[pair]int{}, assumed: map[pair]int{}, seen: map[pair]bool{}}
}

// result is what the comparison of two schemas came to.
type result struct {
	// low is the least depth of a pair under comparison that it relied on.
	low int
	// differs says that something was reported, here or below.
	differs bool
}

const independent = math.MaxInt

func (r *result) add(other result) {
	r.low = min(r.low, other.low)
	r.differs = r.differs || other.differs
}

// schema compares two schemas. Either may be nil for one that is not there.
func (c *comparer) schema(old, updated *connector.Node, input bool, here *place) result {
	o, n := c.old.view(old), c.updated.view(updated)
	w := &c.walk
	key := pair{o.node, n.node, input}
	if w.same[key] {
		return result{low: independent}
	}
	if depth, ok := w.active[key]; ok {
		return result{low: depth}
	}
	if depth, ok := w.assumed[key]; ok {
		return result{low: depth}
	}
	if w.seen[key] {
		if w.again == maxAgain {
			return result{low: independent, differs: true}
		}
		w.again++
	}
	w.seen[key] = true
	depth, since, before := len(w.active), len(w.order), len(c.found)
	w.active[key] = depth
	r := c.inside(o, n, input, here)
	r.differs = r.differs || len(c.found) > before
	delete(w.active, key)
	return w.settle(key, r, depth, since)
}

// settle draws the conclusion about a pair, and about the pairs below it that
// relied on it: those of order from since.
func (w *walk) settle(key pair, r result, depth, since int) result {
	below := w.order[since:]
	switch {
	case r.differs:
		// Whoever relied on this pair may differ as well, seen from elsewhere.
		for _, p := range below {
			delete(w.assumed, p)
		}
		w.order = w.order[:since]
		r.low = independent
	case r.low >= depth:
		w.same[key] = true
		for _, p := range below {
			w.same[p] = true
			delete(w.assumed, p)
		}
		w.order = w.order[:since]
		r.low = independent
	default:
		for _, p := range below {
			w.assumed[p] = min(w.assumed[p], r.low)
		}
		w.assumed[key] = r.low
		w.order = append(w.order, key)
	}
	return r
}
