package runner

import (
	"fmt"
	"time"

	"github.com/precert/precert/connector"
)

// defaultEventWait is how long an event may take to show at its trigger.
const defaultEventWait = 10 * time.Second

// TriggerOptions are what the configuration says about one trigger.
type TriggerOptions struct {
	// Fire is the operation that makes the event happen, Command a command line
	// that does; at most one of them. Without both the run's own changes are tried.
	Fire, Command string
	// Wait is how long the event may take to arrive, 0 for 10 seconds.
	Wait time.Duration
}

// checkTriggers refuses what the definition does not bear out.
func (o Options) checkTriggers(def *connector.Definition) error {
	for _, name := range sortedKeys(o.Triggers) {
		t, op := o.Triggers[name], findOperation(def, name)
		switch {
		case op == nil:
			return fmt.Errorf("the configuration names the trigger %q, which the definition does not have%s", name, didYouMean(def, name))
		case op.Trigger == connector.Action:
			return fmt.Errorf("the configuration calls %q a trigger, but it has no x-ms-trigger: take it out of triggers", name)
		case t.Fire != "" && t.Command != "":
			return fmt.Errorf("the trigger %s has both fire and command: give one of them", name)
		case t.Fire != "" && findOperation(def, t.Fire) == nil:
			return fmt.Errorf("the trigger %s is fired by %q, which the definition does not have%s", name, t.Fire, didYouMean(def, t.Fire))
		case t.Wait < 0:
			return fmt.Errorf("the trigger %s waits %s: give a time such as 30s", name, t.Wait)
		}
	}
	return nil
}

// eventWait is how long the event of a trigger may take to arrive.
func (o Options) eventWait(trigger string) time.Duration {
	if d := o.Triggers[trigger].Wait; d > 0 {
		return d
	}
	return defaultEventWait
}
