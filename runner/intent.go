package runner

import (
	"fmt"
	"strings"
)

// journalIntent is a request that creates, noted before it is sent: the process
// may end before the answer tells what came of it.
type journalIntent struct {
	Number int    `json:"number"`
	By     string `json:"by"`
	// What tells the thing from others, as far as the request says it.
	What string `json:"what,omitempty"`
}

// intend notes that a request which creates is about to be sent; it returns its
// number, 0 where nothing is noted.
func (j *journal) intend(o *operation, in *input) int {
	if j == nil || o.kind != kindCreate || in == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.intents++
	j.write(journalLine{Intent: &journalIntent{Number: j.intents, By: o.name, What: whatIsSent(in)}})
	return j.intents
}

// settle notes that what a request made is known: it stands in lines of its own.
func (j *journal) settle(intent int) {
	if j == nil || intent == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.write(journalLine{Settled: intent})
}

// whatIsSent is the input by which people find a thing that was made of it.
func whatIsSent(in *input) string {
	body, ok := in.body.(map[string]any)
	if !ok {
		return ""
	}
	for _, wanted := range strings.Fields("name title subject displayname label key code email text description") {
		for _, name := range sortedKeys(body) {
			if text, ok := body[name].(string); ok && text != "" && strings.HasSuffix(norm(name), wanted) {
				if runes := []rune(text); len(runes) > 60 {
					text = string(runes[:60]) + "…"
				}
				return fmt.Sprintf("%s %q", name, text)
			}
		}
	}
	return ""
}

// unanswered says which creations were under way when the earlier run ended.
func (p *past) unanswered() []string {
	var out []string
	for _, number := range sortedKeys(p.intents) {
		one := p.intents[number]
		text := one.By
		if one.What != "" {
			text += " with " + one.What
		}
		out = append(out, text)
	}
	return out
}

// remindUnanswered adds the note about them.
func (r *run) remindUnanswered(old *past) {
	if left := old.unanswered(); len(left) > 0 {
		r.notes = append(r.notes, r.mask.text(fmt.Sprintf("the interrupted run ended while %s was under way: look whether it created something, for no answer told of it", strings.Join(left, ", "))))
	}
}
