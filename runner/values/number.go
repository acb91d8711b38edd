package values

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// number makes a number within bounds and steps, near to what the name asks for.
func (m *maker) number(at spot, s *shape, whole bool) (any, error) {
	low, high := bounds(s, whole)
	step := stepOf(s.steps, whole)
	wish, origin := m.wish(at, s, whole)
	value := within(wish, low, high, s, step)
	if value == nil {
		return nil, m.impossible(at, "no number lies within minimum, maximum and multipleOf")
	}
	if value.Cmp(wish) != 0 {
		origin = Generated
	}
	result := number(value)
	if !m.fits(at.nodes, result) {
		return nil, m.impossible(at, "no number satisfies the schema, %s does not", result)
	}
	return m.keep(at, origin, result), nil
}

func bounds(s *shape, whole bool) (low, high *big.Rat) {
	low, high = s.low, s.high
	bits := uint(0)
	switch {
	case s.format == "int32":
		bits = 31
	case whole:
		bits = 53 // what JavaScript clients hold exactly
	}
	if bits > 0 {
		limit := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), bits))
		limit.Sub(limit, big.NewRat(1, 1))
		if high == nil {
			high = limit
		}
		if low == nil {
			low = new(big.Rat).Neg(limit)
		}
	}
	return low, high
}

// stepOf is the least common step of all multipleOf, and of 1 for whole numbers; nil when any number goes.
func stepOf(steps []*big.Rat, whole bool) *big.Rat {
	var out *big.Rat
	if whole {
		out = big.NewRat(1, 1)
	}
	for _, step := range steps {
		if out == nil {
			out = step
			continue
		}
		// lcm(a/b, c/d) = lcm(a·d, c·b) / (b·d)
		a := new(big.Int).Mul(out.Num(), step.Denom())
		c := new(big.Int).Mul(step.Num(), out.Denom())
		gcd := new(big.Int).GCD(nil, nil, a, c)
		lcm := new(big.Int).Mul(new(big.Int).Div(a, gcd), c)
		out = new(big.Rat).SetFrac(lcm, new(big.Int).Mul(out.Denom(), step.Denom()))
	}
	return out
}

// within moves wish into the bounds and onto a step; nil when nothing lies there.
func within(wish, low, high *big.Rat, s *shape, step *big.Rat) *big.Rat {
	value := new(big.Rat).Set(wish)
	gap := step
	if gap == nil {
		gap = big.NewRat(1, 1)
		if low != nil && high != nil {
			if half := new(big.Rat).Quo(new(big.Rat).Sub(high, low), big.NewRat(2, 1)); half.Cmp(gap) < 0 {
				gap = half
			}
		}
	}
	if high != nil && (value.Cmp(high) > 0 || s.highOpen && value.Cmp(high) == 0) {
		value.Set(high)
		if s.highOpen {
			value.Sub(value, gap)
		}
	}
	if low != nil && (value.Cmp(low) < 0 || s.lowOpen && value.Cmp(low) == 0) {
		value.Set(low)
		if s.lowOpen {
			value.Add(value, gap)
		}
	}
	if step != nil {
		onStep := round(value, step, false)
		if tooLow(onStep, low, s.lowOpen) {
			onStep = round(value, step, true)
		}
		for range 2 {
			if tooLow(onStep, low, s.lowOpen) {
				onStep.Add(onStep, step)
			}
		}
		value = onStep
	}
	if tooLow(value, low, s.lowOpen) || high != nil && (value.Cmp(high) > 0 || s.highOpen && value.Cmp(high) == 0) {
		return nil
	}
	return value
}

func tooLow(value, low *big.Rat, open bool) bool {
	return low != nil && (value.Cmp(low) < 0 || open && value.Cmp(low) == 0)
}

// round moves a value to the multiple of step below, or above.
func round(value, step *big.Rat, up bool) *big.Rat {
	q := new(big.Rat).Quo(value, step)
	n := new(big.Int)
	remainder := new(big.Int)
	n.DivMod(q.Num(), q.Denom(), remainder)
	if up && remainder.Sign() > 0 {
		n.Add(n, big.NewInt(1))
	}
	return new(big.Rat).Mul(new(big.Rat).SetInt(n), step)
}

// rat reads a decimal number; nil when text is none, or too large to compute with.
func rat(text string) *big.Rat {
	if text == "" || len(text) > 60 || strings.Contains(text, "/") {
		return nil
	}
	if f, err := strconv.ParseFloat(text, 64); err != nil || f > 1e60 || f < -1e60 {
		return nil
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return value
}

// number writes a rational as a JSON number, exactly where decimals can.
func number(value *big.Rat) json.Number {
	if value.IsInt() {
		return json.Number(value.Num().String())
	}
	for digits := 1; digits <= 20; digits++ {
		text := value.FloatString(digits)
		if back, ok := new(big.Rat).SetString(text); ok && back.Cmp(value) == 0 {
			return json.Number(text)
		}
	}
	f, _ := value.Float64()
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}
