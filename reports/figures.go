package reports

import (
	"fmt"
	"strconv"
	"strings"
)

// plural writes "1 error" or "2 errors", with thousands separated.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes 1234567 as 1,234,567.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// duration writes milliseconds as a person says them: "840 ms", "1.3 s", "2 min 5 s".
func duration(ms int64) string {
	switch {
	case ms < 1000:
		return fmt.Sprintf("%d ms", ms)
	case ms < 59_950:
		return fmt.Sprintf("%.1f s", float64(ms)/1000)
	default:
		seconds := (ms + 500) / 1000
		return fmt.Sprintf("%d min %d s", seconds/60, seconds%60)
	}
}

// latency writes a response time in milliseconds with two to three figures.
func latency(ms float64) string {
	switch {
	case ms <= 0:
		return "–"
	case ms < 0.005:
		return "<0.01 ms"
	case ms < 0.95:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 9.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	default:
		return fmt.Sprintf("%.2f s", ms/1000)
	}
}

// byteSize writes a file's size.
func byteSize(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
	}
}

// some joins the first limit names and says how many are left.
func some(names []string, limit int) string {
	if len(names) <= limit+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %s more", strings.Join(names[:limit], ", "), thousands(len(names)-limit))
}
