package runner

import "slices"

// remember keeps a success with credentials as proof that they hold. Which
// ones are kept must not depend on how many operations run at once.
func (r *run) remember(e *exchange) {
	if e == nil || !e.ok() || !r.auth.secured(e.op) || !isSafeMethod(e.sent.method) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) < 2 && !slices.ContainsFunc(r.known, func(k *exchange) bool { return k.op == e.op }) {
		r.known = append(r.known, e)
	}
}

// knownGood is a request that succeeded before, of another operation than o where there is one.
func (r *run) knownGood(o *operation) *exchange {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.known {
		if e.op != o {
			return e
		}
	}
	if len(r.known) > 0 {
		return r.known[0]
	}
	return o.good
}
