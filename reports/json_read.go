package reports

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// readJSON fills the struct that into points to from the next value of d, as
// Decode does, but holds no more of the text than one item of a list. apart
// names the struct types whose fields are read one by one. Keys that a struct
// has no field for are left out. The first error ends it.
func readJSON(d *json.Decoder, into reflect.Value, apart ...reflect.Type) error {
	if there, err := begins(d, '{', into.Type()); !there {
		return err
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		field, known := fieldOf(into, key)
		switch {
		case !known:
			err = d.Decode(new(json.RawMessage))
		case field.Kind() == reflect.Slice:
			err = readList(d, field, apart)
		default:
			err = d.Decode(field.Addr().Interface())
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// begins reads the bracket that a value begins with; there is false for null and at an error.
func begins(d *json.Decoder, bracket json.Delim, as reflect.Type) (there bool, err error) {
	token, err := d.Token()
	switch {
	case err != nil:
		return false, err
	case token == nil:
		return false, nil
	case token != bracket:
		return false, unexpected(token, as, d)
	}
	return true, nil
}

func readList(d *json.Decoder, into reflect.Value, apart []reflect.Type) error {
	if there, err := begins(d, '[', into.Type()); !there {
		return err
	}
	into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	of := into.Type().Elem()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	for d.More() {
		item := reflect.New(into.Type().Elem()).Elem()
		var err error
		if slices.Contains(apart, of) {
			err = readJSON(d, item, apart...)
		} else {
			err = d.Decode(item.Addr().Interface())
		}
		if err != nil {
			return err
		}
		into.Set(reflect.Append(into, item))
	}
	_, err := d.Token()
	return err
}

// fieldOf finds the field of a struct that a key names.
func fieldOf(v reflect.Value, key json.Token) (reflect.Value, bool) {
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); name == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// unexpected is the error of Decode for a value of another kind.
func unexpected(token json.Token, want reflect.Type, d *json.Decoder) error {
	kind := "value"
	switch token := token.(type) {
	case json.Delim:
		kind = map[json.Delim]string{'{': "object", '[': "array"}[token]
	case string:
		kind = "string"
	case float64:
		kind = "number"
	case bool:
		kind = "bool"
	}
	return &json.UnmarshalTypeError{Value: kind, Type: want, Offset: d.InputOffset()}
}
