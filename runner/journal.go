package runner

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/precert/precert/connector"
	"github.com/precert/precert/finding"
)

// journal keeps on disk, line by line, what a run has done, so that the next
// one can finish it whatever ended the process. A nil one keeps nothing.
type journal struct {
	mu   sync.Mutex
	file *os.File
	mask *redactor
	next int
	// intents counts the creations that were begun.
	intents int
	err     error
}

// journalLine is one line; exactly one of its fields is set.
type journalLine struct {
	Run     *journalRun    `json:"run,omitempty"`
	Created *journalRecord `json:"created,omitempty"`
	// Gone is the number of a thing that is deleted.
	Gone int `json:"gone,omitempty"`
	// Intent is a creation that is begun, Settled the number of one whose outcome is known.
	Intent  *journalIntent `json:"intent,omitempty"`
	Settled int            `json:"settled,omitempty"`
	Done    *journalDone   `json:"done,omitempty"`
}

type journalRun struct {
	StartedAt time.Time `json:"startedAt"`
	BaseURL   string    `json:"baseUrl"`
	// Plan is a digest of all that decides what is sent.
	Plan string `json:"plan"`
}

// journalRecord is a record of the pool.
type journalRecord struct {
	Number    int            `json:"number,omitempty"`
	By        string         `json:"by"`
	Resources []string       `json:"resources"`
	Fields    map[string]any `json:"fields,omitempty"`
	Sent      []string       `json:"sent,omitempty"`
	Params    map[string]any `json:"params,omitempty"`
	Item      any            `json:"item,omitempty"`
	Listed    bool           `json:"listed,omitempty"`
}

// journalDone is an operation that needs not be run again. Learnt holds what
// its answers taught; things that were created stand in lines of their own.
type journalDone struct {
	Operation finding.Operation  `json:"operation"`
	Exchanges []finding.Exchange `json:"exchanges,omitempty"`
	Learnt    []journalRecord    `json:"learnt,omitempty"`
	Created   []int              `json:"created,omitempty"`
}

// write adds a line. One that says what was created is forced to the disk: it
// is what must not be lost.
func (j *journal) write(line journalLine) {
	text, err := json.Marshal(line)
	if err == nil {
		var plain any
		if plain, err = decodeNumbers(text); err == nil {
			text, err = json.Marshal(maskValue(j.mask, plain))
		}
	}
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	if err == nil && line.Created != nil {
		err = j.file.Sync()
	}
	if j.err == nil && err != nil {
		j.err = fmt.Errorf("the journal cannot be written, so this run cannot be resumed: %w", err)
	}
}

// created notes a new thing.
func (j *journal) created(r *record) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	r.number = j.next
	line := newJournalRecord(r)
	j.write(journalLine{Created: &line})
}

// gone notes that a thing is deleted.
func (j *journal) gone(r *record) {
	if j == nil || r.number == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.write(journalLine{Gone: r.number})
}

// done notes that an operation is finished, with all that later ones may need.
func (j *journal) done(w *worker) {
	if j == nil {
		return
	}
	o := w.op
	line := &journalDone{Operation: o.outcome.finish(w.run)}
	for i, e := range o.outcome.exchanges {
		e.number = i + 1
		line.Exchanges = append(line.Exchanges, e.report(w.run.mask))
	}
	// The checks point at exchanges by their numbers.
	line.Operation = o.outcome.finish(w.run)
	for _, r := range o.learnt {
		if r.number > 0 {
			line.Created = append(line.Created, r.number)
		} else {
			line.Learnt = append(line.Learnt, newJournalRecord(r))
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.write(journalLine{Done: line})
}

// close ends the journal. One of a run that is finished and has left nothing is removed.
func (j *journal) close(finished bool) error {
	if j == nil {
		return nil
	}
	err := j.file.Close()
	if finished && j.err == nil {
		err = errors.Join(err, os.Remove(j.file.Name()))
	}
	return errors.Join(j.err, err)
}

func newJournalRecord(r *record) journalRecord {
	return journalRecord{Number: r.number, By: r.by.name, Resources: r.resources, Fields: r.fields, Sent: sortedKeys(r.sent), Params: r.params, Item: r.item, Listed: r.listed}
}

// record undoes newJournalRecord; nil when the definition lacks its operation.
func (l journalRecord) record(p *planner) *record {
	by := p.byName(l.By)
	if by == nil {
		return nil
	}
	r := &record{number: l.Number, own: l.Number > 0, by: by, resources: l.Resources, fields: l.Fields, params: l.Params, item: l.Item, listed: l.Listed, sent: map[string]bool{}}
	if r.fields == nil {
		r.fields = map[string]any{}
	}
	if r.params == nil {
		r.params = map[string]any{}
	}
	for _, name := range l.Sent {
		r.sent[name] = true
	}
	return r
}

func decodeNumbers(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	err := decoder.Decode(&v)
	return v, err
}

// maskValue masks the texts, names and numbers of a JSON value.
func maskValue(mask *redactor, v any) any {
	switch v := v.(type) {
	case string:
		return mask.text(v)
	case json.Number:
		if text := mask.text(v.String()); text != v.String() {
			return text
		}
	case []any:
		for i := range v {
			v[i] = maskValue(mask, v[i])
		}
	case map[string]any:
		for _, name := range slices.Collect(maps.Keys(v)) {
			value := maskValue(mask, v[name])
			delete(v, name)
			v[mask.text(name)] = value
		}
	}
	return v
}

// past is what an earlier run left in its journal.
type past struct {
	run     journalRun
	created []*journalRecord
	gone    map[int]bool
	done    map[string]*journalDone
	intents map[int]*journalIntent
}

// readJournal reads a journal. Its last line may be cut off; a file that is not there is none.
func readJournal(name string) (*past, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the journal cannot be read: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	p := &past{gone: map[int]bool{}, done: map[string]*journalDone{}, intents: map[int]*journalIntent{}}
	lines := bufio.NewReader(file)
	for n := 1; ; n++ {
		text, readErr := lines.ReadBytes('\n')
		if readErr != nil {
			break // what is not a whole line was being written when the process ended
		}
		var line journalLine
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&line); err != nil {
			return nil, fmt.Errorf("the journal %s is damaged at line %d: remove it to start anew", name, n)
		}
		switch {
		case line.Run != nil:
			p.run = *line.Run
		case line.Created != nil:
			p.created = append(p.created, line.Created)
		case line.Intent != nil:
			p.intents[line.Intent.Number] = line.Intent
		case line.Settled > 0:
			delete(p.intents, line.Settled)
		case line.Gone > 0:
			p.gone[line.Gone] = true
		case line.Done != nil:
			p.done[line.Done.Operation.OperationID] = line.Done
		}
	}
	return p, nil
}

// planDigest is a digest of all that decides what a run sends.
func (r *run) planDigest(pkg *connector.Package) string {
	h := sha256.New()
	for _, file := range pkg.Files {
		fmt.Fprintln(h, file.Name, file.SHA256)
	}
	fmt.Fprintln(h, r.base, r.opts.Seed, r.opts.Calls, r.opts.Allow, r.opts.Only, r.opts.Skip, r.opts.Strict)
	return hex.EncodeToString(h.Sum(nil))
}

// openJournal begins the journal of this run, and takes up what the last one
// left when the run is to be resumed.
func (r *run) openJournal(pkg *connector.Package) error {
	name := r.opts.Journal
	if name == "" {
		if r.opts.Resume {
			return errors.New("there is no journal to resume from: name one")
		}
		return nil
	}
	old, err := readJournal(name)
	digest := r.planDigest(pkg)
	switch {
	case !r.opts.Resume:
		if err == nil && old != nil {
			r.remind(old)
		}
	case err != nil:
		return err
	case old == nil:
		return fmt.Errorf("nothing is to be resumed: %s does not exist, so the last run was finished, or had another connector or base URL", name)
	case old.run.Plan != digest:
		return errors.New("the interrupted run had another definition, base URL, seed, selection or number of calls: give the same to resume it")
	}
	j, err := newJournal(name, r.mask, r.opts.Resume)
	if err != nil {
		return err
	}
	r.journal, r.session.journal = j, j
	if !r.opts.Resume {
		j.write(journalLine{Run: &journalRun{StartedAt: time.Now().UTC(), BaseURL: r.base.String(), Plan: digest}})
		return nil
	}
	r.resume(old)
	return nil
}

func newJournal(name string, mask *redactor, keep bool) (*journal, error) {
	how := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if keep {
		how = os.O_RDWR
	}
	err := os.MkdirAll(filepath.Dir(name), 0o700)
	if err != nil {
		return nil, fmt.Errorf("the folder of the journal cannot be made: %w", err)
	}
	file, err := os.OpenFile(name, how, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the journal cannot be written: %w", err)
	}
	if keep {
		// A line that was cut off would swallow the next one.
		content, err := os.ReadFile(name)
		if err == nil {
			whole := int64(bytes.LastIndexByte(content, '\n') + 1)
			err = errors.Join(file.Truncate(whole), seekTo(file, whole))
		}
		if err != nil {
			return nil, fmt.Errorf("the journal cannot be continued: %w", errors.Join(err, file.Close()))
		}
	}
	return &journal{file: file, mask: mask}, nil
}

func seekTo(file *os.File, at int64) error {
	_, err := file.Seek(at, 0)
	return err
}

// remind says what an earlier run left that was never resumed.
func (r *run) remind(old *past) {
	defer r.remindUnanswered(old)
	var left []string
	for _, made := range old.alive() {
		if one := made.record(r.planner); one != nil {
			left = append(left, one.label())
		}
	}
	if len(left) == 0 {
		return
	}
	shown, more := left[:min(len(left), 5)], ""
	if n := len(left) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	r.notes = append(r.notes, r.mask.text(fmt.Sprintf("an earlier run was interrupted and left %s%s: delete them, or use --resume next time", strings.Join(shown, ", "), more)))
}

// alive are the things of an earlier run that are not deleted.
func (p *past) alive() []*journalRecord {
	return slices.DeleteFunc(slices.Clone(p.created), func(made *journalRecord) bool { return p.gone[made.Number] })
}
