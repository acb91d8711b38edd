package runner

import (
	"slices"
	"strings"
)

// isFieldMask reports whether an input lists which fields of the body are to be
// changed, as updateMask does.
func isFieldMask(name string) bool {
	return slices.Contains([]string{"updatemask", "fieldmask", "updatefieldmask"}, norm(name))
}

// mask lists the fields of the body in the parameter that says which of them count.
func (c *composer) mask(o *operation, in *input) {
	object, ok := in.body.(map[string]any)
	if !ok {
		return
	}
	fields := slices.DeleteFunc(sortedKeys(object), func(name string) bool { return slices.Contains(o.form.unmasked, name) })
	if len(fields) == 0 {
		return
	}
	for i, p := range in.params {
		if p.in == "query" && isFieldMask(p.name) && in.invented(p.name) {
			in.params[i].value = strings.Join(fields, ",")
		}
	}
}

// unmask learns from a refusal which fields cannot be changed; it reports whether
// there are others.
func (w *worker) unmask(e *exchange) bool {
	answer := e.answerText()
	for _, p := range e.in.params {
		listed, ok := p.value.(string)
		if !ok || p.in != "query" || !isFieldMask(p.name) || !hasAny(words(answer), []string{"mask"}) {
			continue
		}
		fields := strings.Split(listed, ",")
		said := strings.FieldsFunc(answer, func(r rune) bool { return strings.ContainsRune(" '\"`.,:;()[]{}\\", r) })
		refused := slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return !slices.Contains(said, field) })
		if len(refused) == 0 || len(refused) == len(fields) {
			continue
		}
		w.op.form.unmasked = append(w.op.form.unmasked, refused...)
		return true
	}
	return false
}
