package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/precert/precert/finding"
)

// MaxReport is the size in bytes of the largest JSON report that Read takes:
// several times that of a thousand connectors with everything they can hold.
const MaxReport = 1 << 30

// writeAgain is the way out of a report that is not whole.
const writeAgain = "write it again with --format json"

// Read reads a JSON report that precert wrote. The error, one line without the
// file's name, says what the input is instead.
func Read(r io.Reader) (*finding.Run, error) { return read(r, MaxReport) }

func read(r io.Reader, limit int64) (*finding.Run, error) {
	limited := &io.LimitedReader{R: r, N: limit + 1}
	decoder := json.NewDecoder(limited)
	var run finding.Run
	err := readJSON(decoder, reflect.ValueOf(&run).Elem(), reflect.TypeFor[finding.Connector]())
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("is larger than %s: merge fewer shards at once", byteSize(limit))
	case errors.Is(err, io.EOF) && decoder.InputOffset() == 0:
		return nil, errors.New("is empty, not a JSON report")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("ends in the middle: the JSON report was cut off; " + writeAgain)
	}
	name, version, _ := strings.Cut(run.Schema, "/")
	own, ownVersion, _ := strings.Cut(finding.Schema, "/")
	switch {
	case err != nil && name != own:
		return nil, errors.New("is not a JSON report of precert: give one that precert wrote with --format json")
	case name == own && version != ownVersion:
		return nil, fmt.Errorf("has the schema %.80q, which this version does not know: use the precert that wrote it, or a newer one", run.Schema)
	case name != own:
		return nil, errors.New("is not a JSON report of precert: give one that precert wrote with --format json")
	case err != nil:
		return nil, fmt.Errorf("is a damaged JSON report (%w, near byte %s); %s", plainly(err), thousands(int(decoder.InputOffset())), writeAgain)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("holds more than one JSON document: give each report its own file")
	}
	run.Connectors = slices.DeleteFunc(run.Connectors, func(c *finding.Connector) bool { return c == nil })
	return &run, nil
}

// plainly says what is wrong with a value without the names of the program.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	name := kind.Field[strings.LastIndexByte(kind.Field, '.')+1:]
	return fmt.Errorf("a wrong value, %s%s", kind.Value, prefixed(", for ", name))
}
