package runner

import (
	"strconv"
	"strings"
)

// Some refusals show the value they refuse and no rule. Plain identifiers are
// what most hidden rules ask for, so a text that is shown becomes one.

// echoed returns the path, with items of arrays as *, of a text in a body that
// an answer shows and that is no plain identifier yet.
func echoed(body any, answer string) (string, bool) {
	var found string
	walkTexts(body, "", func(path, text string) string {
		if found == "" && len(text) > 2 && identifier(text) != text && !strings.ContainsAny(text, "@:") && strings.Contains(answer, text) {
			found = path
		}
		return text
	})
	return found, found != ""
}

// worded returns the path of a text in a body whose name an answer such as
// invalid_name_specials says, when the text is no plain identifier yet.
func worded(body any, answer string) (string, bool) {
	said, found := words(answer), ""
	if !hasAny(said, strings.Fields("invalid specials characters chars format pattern illegal malformed")) {
		return "", false
	}
	walkTexts(body, "", func(path, text string) string {
		name := words(path[strings.LastIndexByte(path, '/')+1:])
		if found == "" && len(name) > 0 && strings.Contains(" "+strings.Join(said, " ")+" ", " "+strings.Join(name, " ")+" ") && identifier(text) != text {
			found = path
		}
		return text
	})
	return found, found != ""
}

// simplify makes identifiers of the texts at the given paths.
func simplify(body any, paths map[string]bool) any {
	if len(paths) == 0 {
		return body
	}
	return walkTexts(body, "", func(path, text string) string {
		if paths[path] {
			return identifier(text)
		}
		return text
	})
}

// walkTexts copies a value, every text in it changed.
func walkTexts(v any, path string, change func(path, text string) string) any {
	switch v := v.(type) {
	case string:
		return change(path, v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range sortedKeys(v) {
			out[name] = walkTexts(v[name], path+"/"+name, change)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = walkTexts(item, path+"/*", change)
		}
		return out
	}
	return v
}

// identifier keeps letters and digits of a text, the rest becomes one underscore each.
func identifier(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	out := strings.Trim(b.String(), "_")
	if _, err := strconv.Atoi(out[:min(len(out), 1)]); err == nil {
		out = "p" + out
	}
	return out
}
