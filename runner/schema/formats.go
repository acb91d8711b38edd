package schema

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Fault is why a value does not have its format.
type Fault struct {
	// Expected says what would be right, with an example.
	Expected string
	// Lenient says that most clients take the value all the same.
	Lenient bool
}

// known reports whether a format is judged; the others pass.
func known(format string) bool {
	switch format {
	case "int32", "int64", "float", "double", "byte", "date", "date-time", "date-no-tz", "email", "uri", "uuid", "guid":
		return true
	}
	return false
}

// FormatFault judges a JSON value against a format; nil when it has the format,
// when the format says nothing about its type, or is not known.
func FormatFault(format string, value any) *Fault {
	if text, ok := value.(string); ok {
		return textFault(format, text)
	}
	number, ok := numberText(value)
	if !ok {
		return nil
	}
	switch format {
	case "int32":
		return integerFault(number, 31)
	case "int64":
		return integerFault(number, 63)
	case "float":
		// 2^128 is the first number beyond single precision; some write it for the largest within.
		if f, err := strconv.ParseFloat(number, 64); err != nil || math.Abs(f) > math.Ldexp(1, 128) {
			return &Fault{Expected: fmt.Sprintf("a number that fits single precision, but %g does not", f)}
		}
	case "double":
		if _, err := strconv.ParseFloat(number, 64); err != nil {
			return &Fault{Expected: "a number that fits double precision"}
		}
	}
	return nil
}

func integerFault(number string, bits uint) *Fault {
	limit := new(big.Int).Lsh(big.NewInt(1), bits)
	value, ok := new(big.Rat).SetString(number)
	if ok && value.IsInt() {
		if n := value.Num(); n.Cmp(limit) < 0 && n.Cmp(new(big.Int).Neg(limit)) >= 0 {
			return nil
		}
	}
	return &Fault{Expected: fmt.Sprintf("a whole number from -%s to %s", limit, new(big.Int).Sub(limit, big.NewInt(1)))}
}

var (
	uuidShape  = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	looseUUID  = regexp.MustCompile(`^\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?$`)
	localTime  = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(:\d{2})?)([.,]\d+)?$`)
	offsetTime = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(:\d{2})?)([.,]\d+)? ?([Zz]|[+-]\d{2}(:?\d{2})?)$`)
	strictTime = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$`)
)

func textFault(format, text string) *Fault {
	switch format {
	case "int32", "int64":
		// Large integers travel as strings in many APIs; then the string should hold
		// one. Some certified connectors put these formats on plain text, though.
		if _, ok := new(big.Int).SetString(text, 10); !ok && text != "" {
			return &Fault{Expected: "a whole number, written as a string", Lenient: true}
		}
	case "byte":
		return byteFault(text)
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return &Fault{Expected: "a date such as 2026-01-31"}
		}
	case "date-time":
		return dateTimeFault(text)
	case "date-no-tz":
		return dateNoZoneFault(text)
	case "email":
		address, err := mail.ParseAddress(text)
		if err != nil || address.Address != text {
			return &Fault{Expected: "an email address such as someone@example.com"}
		}
	case "uri":
		return uriFault(text)
	case "uuid", "guid":
		if !uuidShape.MatchString(text) {
			return &Fault{Expected: "a UUID such as 123e4567-e89b-12d3-a456-426614174000", Lenient: looseUUID.MatchString(text)}
		}
	}
	return nil
}

func byteFault(text string) *Fault {
	text = strings.TrimRight(text, "=\r\n")
	if strings.ContainsAny(text, "-_") {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	}
	if _, err := base64.RawStdEncoding.DecodeString(text); err != nil {
		return &Fault{Expected: "base64 text"}
	}
	return nil
}

func dateTimeFault(text string) *Fault {
	const right = "a date and time with its offset, such as 2026-01-31T10:00:00Z"
	if m := localTime.FindStringSubmatch(text); m != nil && realTime(m[1], m[2]) {
		return &Fault{Expected: right + "; this one does not say its offset", Lenient: true}
	}
	m := offsetTime.FindStringSubmatch(text)
	if m == nil || !realTime(m[1], m[2]) {
		return &Fault{Expected: right}
	}
	if !strictTime.MatchString(text) {
		return &Fault{Expected: right + " (RFC 3339)", Lenient: true}
	}
	return nil
}

func dateNoZoneFault(text string) *Fault {
	const right = "a date and time without offset, such as 2026-01-31T10:00:00"
	if _, err := time.Parse(time.DateOnly, text); err == nil {
		return nil
	}
	if m := localTime.FindStringSubmatch(text); m != nil && realTime(m[1], m[2]) {
		return nil
	}
	m := offsetTime.FindStringSubmatch(text)
	return &Fault{Expected: right, Lenient: m != nil && realTime(m[1], m[2])}
}

// realTime reports whether date and clock name a moment; a leap second does.
func realTime(date, clock string) bool {
	if len(clock) == 5 {
		clock += ":00"
	}
	if strings.HasSuffix(clock, ":60") {
		clock = clock[:6] + "59"
	}
	if clock == "24:00:00" {
		clock = "00:00:00"
	}
	_, err := time.Parse(time.DateTime, date+" "+clock)
	return err == nil
}

func uriFault(text string) *Fault {
	u, err := url.Parse(text)
	if err == nil && u.Scheme != "" && !strings.ContainsAny(text, " \t\r\n") {
		return nil
	}
	// A path alone is what many APIs call a URI.
	return &Fault{Expected: "a whole URI such as https://example.com/page", Lenient: err == nil && strings.HasPrefix(text, "/")}
}

// numberText returns the decimal text of a JSON number in any of its Go types.
func numberText(value any) (string, bool) {
	switch n := value.(type) {
	case json.Number:
		return n.String(), true
	case float64:
		return strconv.FormatFloat(n, 'g', -1, 64), true
	case int, int32, int64:
		return fmt.Sprint(n), true
	}
	return "", false
}
