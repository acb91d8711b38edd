package runner

import "fmt"

// shield keeps a fault of ours in one step from ending the program: the report
// names the step that was not finished, and what the run created is still deleted.
func (r *run) shield(step string, do func()) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.incomplete == "" {
			r.incomplete = r.mask.text(fmt.Sprintf("precert failed at %s (%v): report this with the definition, and leave the operation out with --skip meanwhile", step, fault))
		}
	}()
	do()
}
