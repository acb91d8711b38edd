package connector

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// toUTF8 returns content as UTF-8 without a byte order mark, and what was
// wrong with its encoding.
func toUTF8(content []byte) ([]byte, []fault) {
	const hint = "Save the file as UTF-8 without a byte order mark."
	switch {
	case bytes.HasPrefix(content, []byte{0xEF, 0xBB, 0xBF}):
		rest, faults := toUTF8(content[3:])
		mark := fault{rule: "ByteOrderMarkNotAllowed", message: "The file begins with a byte order mark.", hint: hint}
		return rest, append([]fault{mark}, faults...)
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return fromUTF16(content[2:], false), []fault{{rule: "EncodingNotUtf8", message: "The file is encoded as UTF-16 (little endian).", hint: hint}}
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		return fromUTF16(content[2:], true), []fault{{rule: "EncodingNotUtf8", message: "The file is encoded as UTF-16 (big endian).", hint: hint}}
	case len(content) >= 2 && content[0] != 0 && content[1] == 0:
		return fromUTF16(content, false), []fault{{rule: "EncodingNotUtf8", message: "The file is encoded as UTF-16 without a mark.", hint: hint}}
	case utf8.Valid(content):
		return content, nil
	}
	return fromWindows1252(content, hint)
}

func fromUTF16(content []byte, bigEndian bool) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		low, high := uint16(content[2*i]), uint16(content[2*i+1])
		if bigEndian {
			low, high = high, low
		}
		units[i] = high<<8 | low
	}
	return []byte(string(utf16.Decode(units)))
}

// windows1252 maps the bytes 0x80 to 0x9F; the others equal Unicode.
var windows1252 = [32]rune{
	'€', 0xFFFD, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xFFFD, 'Ž', 0xFFFD,
	0xFFFD, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xFFFD, 'ž', 'Ÿ',
}

// fromWindows1252 reads the bytes that are no UTF-8 as Windows-1252, the
// encoding that editors on Windows fall back to.
func fromWindows1252(content []byte, hint string) ([]byte, []fault) {
	out := make([]byte, 0, len(content)+64)
	first := -1
	for i := 0; i < len(content); {
		r, size := utf8.DecodeRune(content[i:])
		if r != utf8.RuneError || size > 1 {
			out = append(out, content[i:i+size]...)
			i += size
			continue
		}
		if first < 0 {
			first = len(out)
		}
		r = rune(content[i])
		if r < 0xA0 {
			r = windows1252[r-0x80]
		}
		out = utf8.AppendRune(out, r)
		i++
	}
	return out, []fault{{rule: "EncodingNotUtf8", message: "The file is not UTF-8; it was read as Windows-1252 from here on.", hint: hint,
		start: int32(first), end: int32(first + 1)}}
}
