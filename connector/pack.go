package connector

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Part is one file that goes into a submission.
type Part struct {
	// Name is its file name, without a folder.
	Name    string
	Content []byte
}

// Names that a submission is built with.
const (
	packageName  = "package.zip"
	assetsFolder = "PkgAssets"
)

// Pack builds a submission from its parts: intro.md, customProperties.json,
// and either a package zip or the solutions to put into one. Equal parts give
// equal bytes. contents says what the submission holds, for a message. The
// error names the part that does not belong into a submission, or that is missing.
func Pack(ctx context.Context, parts []Part) (content []byte, contents string, err error) {
	var beside, solutions, packages []Part
	for _, part := range parts {
		if !strings.EqualFold(path.Ext(part.Name), ".zip") {
			beside = append(beside, part)
			continue
		}
		s, err := ReadSubmission(ctx, part.Name, part.Content)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", part.Name, err)
		}
		switch {
		case s.Root.Broken != "":
			return nil, "", fmt.Errorf("%s is not a readable zip file (%s): export or build it again", part.Name, s.Root.Broken)
		case s.Kind == KindSolution:
			solutions = append(solutions, part)
		case s.Kind == KindPackage:
			packages = append(packages, part)
		case s.Kind == KindSubmission:
			return nil, "", fmt.Errorf("%s is a submission already: check it with precert check %s", part.Name, part.Name)
		default:
			return nil, "", fmt.Errorf("%s is neither an exported solution nor a package zip: leave it out", part.Name)
		}
	}
	switch {
	case len(solutions)+len(packages) == 0:
		return nil, "", errors.New("there is nothing to submit: give the zips of the connector solution and the flow solution, or a package zip")
	case len(packages) > 1, len(packages) == 1 && len(solutions) > 0:
		return nil, "", fmt.Errorf("%s is a package zip by itself: give it alone, or the solutions alone", packages[0].Name)
	case len(packages) == 1:
		contents = packages[0].Name
	default:
		inner, err := packZip(assetsFolder+"/", solutions)
		if err != nil {
			return nil, "", err
		}
		packages = []Part{{Name: packageName, Content: inner}}
		contents = fmt.Sprintf("%s with %d solutions", packageName, len(solutions))
		if len(solutions) == 1 {
			contents = packageName + " with 1 solution"
		}
	}
	for _, part := range slices.Backward(beside) {
		contents = part.Name + ", " + contents
	}
	content, err = packZip("", append(beside, packages...))
	return content, contents, err
}

func packZip(folder string, parts []Part) ([]byte, error) {
	parts = slices.SortedFunc(slices.Values(parts), func(a, b Part) int { return strings.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, part := range parts {
		if i > 0 && strings.EqualFold(parts[i-1].Name, part.Name) {
			return nil, fmt.Errorf("%s is given twice", part.Name)
		}
		// A fixed time keeps the bytes equal from run to run; the format begins in 1980.
		header := &zip.FileHeader{Name: folder + part.Name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		if strings.EqualFold(path.Ext(part.Name), ".zip") {
			header.Method = zip.Store
		}
		f, err := w.CreateHeader(header)
		if err == nil {
			_, err = f.Write(part.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", part.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return b.Bytes(), nil
}
