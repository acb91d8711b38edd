package values

// Fault is an input that the definition forbids beyond doubt.
type Fault struct {
	// Description says what is wrong with it, for people.
	Description string
	// Path is the property that is wrong, "" for the whole value; Keyword what forbids it.
	Path    string
	Keyword string
	// Value is the whole input with the fault in it.
	Value any
	// Omit says that the parameter itself is to be left out; Value is nil then.
	Omit bool
	// Lenient says that many APIs take it all the same.
	Lenient bool
}
