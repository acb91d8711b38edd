package runner

import (
	"net/http"
	"slices"
	"strings"

	"github.com/precert/precert/connector"
)

// kind says what an operation does to what it is about.
type kind int

// The kinds, in the order in which a run goes through them.
const (
	kindList kind = iota
	kindCreate
	kindRead
	kindChange
	kindAction
	kindDelete
)

// isSafeMethod reports whether a method only reads.
func isSafeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// putsNew reports whether a PUT makes a new thing in a collection: some APIs
// create by PUT, and change by POST.
func putsNew(def *connector.Definition, op *connector.Operation) bool {
	if op.Method != http.MethodPut || namesOne(op.Path) {
		return false
	}
	made := op.Response("201") != nil && op.Response("200") == nil && op.Response("204") == nil
	id, verbs := words(op.ID), verbKinds()
	for _, verb := range append(id[:min(1, len(id))], summaryVerb(op, verbs)) {
		k, ok := verbs[verb]
		// What is uploaded to a place below a thing replaces what is there.
		replaces := slices.Contains(weakVerbs(), verb) || verb == "upload" && strings.Contains(op.Path, "{")
		made = made || ok && k == kindCreate && !replaces
	}
	if !made {
		return false
	}
	return !slices.ContainsFunc(def.Operations, func(other *connector.Operation) bool {
		return other.Path == op.Path && other.Method == http.MethodPost
	})
}

// changesItem reports whether a POST to one thing of a collection changes it:
// something else makes new ones.
func changesItem(def *connector.Definition, op *connector.Operation) bool {
	path := plainPath(op.Path)
	if !namesOne(path) {
		return false
	}
	collection := path[:max(0, strings.LastIndexByte(path, '/'))]
	return slices.ContainsFunc(def.Operations, func(other *connector.Operation) bool {
		return plainPath(other.Path) == collection && (other.Method == http.MethodPost || other.Method == http.MethodPut)
	})
}

// asksOnly reports whether a POST asks whether something is so and changes nothing:
// checkNameAvailability does, checkIn and checkItem do not.
func asksOnly(op *connector.Operation) bool {
	for _, text := range []string{lastLiteral(op.Path), op.ID} {
		said := words(text)
		at := slices.Index(said, "check")
		if at >= 0 && hasAny(said[at+1:], strings.Fields("availability available exists existence permission permissions eligibility membership")) {
			return true
		}
	}
	return false
}

// summaryVerb is the verb that a summary begins with, "" when it begins with none.
func summaryVerb(op *connector.Operation, verbs map[string]kind) string {
	said := words(op.Node.Get("summary").String())
	if len(said) == 0 {
		return ""
	}
	for _, verb := range []string{said[0], strings.TrimSuffix(said[0], "s"), strings.TrimSuffix(said[0], "es")} {
		if _, ok := verbs[verb]; ok {
			return verb
		}
	}
	return ""
}

// clearsBelow reports whether a DELETE takes something off a thing that stays:
// DELETE /accounts/{id}/tags leaves the account where it is.
func clearsBelow(op *connector.Operation) bool {
	path := plainPath(op.Path)
	last := path[strings.LastIndexByte(path, '/')+1:]
	if op.Method != http.MethodDelete || !strings.Contains(path, "{") || strings.Contains(last, "{") {
		return false
	}
	if k, ok := verbKinds()[norm(last)]; ok && k == kindDelete {
		return false
	}
	return !hasAny(words(last), strings.Fields("permanent permanently hard force forced purge trash bin cascade"))
}

// verbKinds tells what a verb in an operationId or a path says. It matters for
// POST only: the other methods say it themselves.
func verbKinds() map[string]kind {
	out := map[string]kind{}
	for k, list := range map[kind]string{
		kindList:   "list search find query browse enumerate filter",
		kindRead:   "get fetch read retrieve show view describe count lookup range status validate preview calculate compute export download hash evaluate parse convert translate detect analyze",
		kindCreate: "create add post insert register upload put open grant generate import copy clone invite submit new attach subscribe assign",
		kindChange: "update edit modify change set patch rename move replace upsert enable disable lock unlock archive restore activate deactivate mark complete close reopen extend renew transition transitions",
		kindDelete: "delete remove destroy revoke unassign detach cancel unsubscribe erase drop",
	} {
		for verb := range strings.FieldsSeq(list) {
			out[verb] = k
		}
	}
	return out
}

// classify tells the kind of an operation.
func classify(def *connector.Definition, op *connector.Operation) kind {
	switch op.Method {
	case http.MethodDelete:
		if clearsBelow(op) {
			return kindChange
		}
		return kindDelete
	case http.MethodPut, http.MethodPatch:
		if putsNew(def, op) {
			return kindCreate
		}
		return kindChange
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if namesOne(op.Path) && itemsBelow(def, op) == "" || !answersWithList(def, op) {
			return kindRead
		}
		return kindList
	}
	if isReference(op) {
		return kindChange
	}
	verbs := verbKinds()
	if k, ok := verbs[lastVerb(op, verbs)]; ok {
		return k
	}
	if asksOnly(op) {
		return kindRead
	}
	if changesItem(def, op) {
		return kindChange
	}
	if def.Type(bodySchema(op)) == "object" && len(def.Properties(bodySchema(op))) == 0 {
		return kindAction
	}
	if segments := literals(op.Path); len(segments) > 0 && collectionLike(def, op, segments) && !choosesListed(def, op) {
		return kindCreate
	}
	return kindAction
}

// lastVerb finds the verb of a POST: the operationId's own, first or last, else
// that of the last path segment. A path segment wins, for it is the API's own word.
func lastVerb(op *connector.Operation, verbs map[string]kind) string {
	var candidates []string
	if segments := literals(op.Path); len(segments) > 0 {
		last := segments[len(segments)-1]
		candidates = append(candidates, words(last)...)
		if verb := gluedVerb(last); verb != "" {
			candidates = append(candidates, verb)
		}
	}
	id := words(op.ID)
	if i := slices.IndexFunc(id, func(word string) bool { return slices.Contains([]string{"by", "using", "via"}, word) }); i > 0 {
		// "SearchIssuesByPost" says how.
		id = id[:i]
	}
	if last := len(id) - 1; last > 1 && strings.EqualFold(id[last], op.Method) {
		// "GetContentsPost" names its method.
		id = id[:last]
	}
	if len(id) > 0 {
		candidates = append(candidates, id[0])
		if len(id) > 1 {
			candidates = append(candidates, id[1])
		}
		candidates = append(candidates, id[len(id)-1])
	}
	// "ContactsSearch" searches, "ResetFilter" does not filter: a later word of the
	// id reads only when the first one names what the path is about.
	about := literals(op.Path)
	if len(about) > 1 {
		about = about[:len(about)-1]
	}
	nounFirst := len(id) > 0 && slices.ContainsFunc(about, func(segment string) bool { return singular(segment) == singular(id[0]) })
	reading := ""
	for _, word := range candidates {
		k, ok := verbs[word]
		if ok && k != kindRead && k != kindList {
			// "status" is a verb in /status, but not in UpdateStatus.
			return word
		}
		if ok && reading == "" && (!slices.Contains(id[min(1, len(id)):], word) || slices.Contains(id[:1], word) || nounFirst || slices.Contains(words(op.Path), word)) {
			reading = word
		}
	}
	if reading != "" {
		return reading
	}
	if len(id) > 0 {
		// "CreateaRecord" is two words by intent.
		for _, verb := range []string{"create", "delete", "update", "remove", "retrieve"} {
			if strings.HasPrefix(id[0], verb) {
				return verb
			}
		}
		return ""
	}
	return summaryVerb(op, verbs)
}

// gluedVerb finds a verb at the beginning of a segment in small letters, such
// as "deleterange". Only verbs that begin no other common word are tried.
func gluedVerb(segment string) string {
	for _, verb := range []string{"delete", "create", "update", "remove", "fetch"} {
		if rest, ok := strings.CutPrefix(segment, verb); ok && len(rest) > 2 {
			return verb
		}
	}
	return ""
}

// collectionLike reports whether a POST goes to a collection: its last segment
// is a plural, or the same path lists, or a path below it reads one item.
func collectionLike(def *connector.Definition, op *connector.Operation, segments []string) bool {
	last := segments[len(segments)-1]
	if singular(last) != norm(last) {
		return true
	}
	for _, other := range def.Operations {
		if other.Method == http.MethodGet && (other.Path == op.Path && answersWithList(def, other) || isItemOf(other.Path, op.Path)) {
			return true
		}
	}
	return false
}

// answersWithList reports whether a success yields an array, or an object that holds one.
func answersWithList(def *connector.Definition, op *connector.Operation) bool {
	schema := successSchema(op)
	if def.Type(schema) == "array" {
		return true
	}
	if op.Node.Get("x-ms-pageable").Exists() {
		return true
	}
	arrays := 0
	properties := def.Properties(schema)
	for _, property := range properties {
		if def.Type(property) == "array" {
			arrays++
		}
	}
	resource := resourceOf(op)
	itself := slices.ContainsFunc(properties, func(p *connector.Node) bool {
		name := norm(p.Key())
		return (name == "id" || name == resource+"id")
	})
	return arrays == 1 && len(properties) <= 6 && !itself || arrays > 0 && slices.ContainsFunc(properties, func(p *connector.Node) bool {
		return def.Type(p) == "array" && (slices.Contains(listNames(), norm(p.Key())) || namesList(p.Key(), resource))
	})
}

// listNames are what a list is commonly called in the object around it.
func listNames() []string {
	return []string{"value", "items", "data", "results", "result", "records", "entries", "list", "rows", "content", "elements", "nodes", "hits", "resources", "entry"}
}

// namesList reports whether an array is named as the things of a resource are: messages.
func namesList(name, resource string) bool {
	return singular(name) == resource && norm(name) != resource
}

// successSchema is the schema of the first 2xx response that has one.
func successSchema(op *connector.Operation) *connector.Node {
	for _, r := range op.Responses {
		if r.IsSuccess() && r.Schema().Exists() {
			return r.Schema()
		}
	}
	if r := op.Response("default"); r != nil && !slices.ContainsFunc(op.Responses, (*connector.Response).IsSuccess) {
		return r.Schema()
	}
	return nil
}

func bodySchema(op *connector.Operation) *connector.Node {
	if body := op.Body(); body != nil {
		return body.Schema()
	}
	return nil
}

// resourceOf names what an operation is about: the literal before its last
// parameter, or its last literal that is no verb.
func resourceOf(op *connector.Operation) string {
	verbs := verbKinds()
	segments := segmentsOf(op.Path)
	if len(segments) > strings.Count(strings.Trim(plainPath(op.Path), "/"), "/")+1 {
		// A verb after a colon or a dot names no kind of thing.
		segments = segments[:len(segments)-1]
	}
	for i := len(segments) - 1; i >= 0; i-- {
		segment := segments[i]
		if segment == "" || strings.Contains(segment, "{") {
			if i > 0 && strings.Contains(segments[i-1], "{") {
				// /{owner}/{repo}: nothing between them names the second.
				if resource, _ := stem(paramNameIn(segment)); resource != "" {
					return resource
				}
			}
			continue
		}
		if strings.HasPrefix(segment, "$") || i > 0 && i == len(segments)-1 && saysHow(segment) {
			continue
		}
		parts := words(segment)
		if op.Method == http.MethodPost && i > 0 {
			if _, isVerb := verbs[norm(segment)]; isVerb || isBatchWord(segment) || len(parts) == 1 && gluedVerb(segment) != "" {
				continue
			}
			if i == len(segments)-1 && len(parts) > 1 {
				parts = slices.DeleteFunc(parts, func(w string) bool { _, isVerb := verbs[w]; return isVerb || isBatchWord(w) })
			}
		} else if len(parts) > 1 {
			if _, isVerb := verbs[parts[0]]; isVerb {
				parts = parts[1:]
			}
		}
		if len(parts) == 0 {
			continue
		}
		return singular(strings.Join(parts, ""))
	}
	// An API of one kind of thing may have it at its root: /, /{id}.
	return rootResource
}

// rootResource names what stands at the root of an API.
const rootResource = "thing"
