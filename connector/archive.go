package connector

import (
	"path"
	"slices"
	"strings"
)

// Archive is one zip as it was packed: what stands where in it.
type Archive struct {
	// Path leads to the zip from the outermost one; that one's is its file name.
	Path string
	// Broken says why it cannot be read, "" when it can.
	Broken string
	// Archives are the zips in it, in the order of the zip.
	Archives []*Archive
	// at is its path in the zip that holds it, under the folder of its contents in the file system.
	at, under string
	// prefix is what the paths of its files begin with in reports: "" for a zip that is judged by itself.
	prefix  string
	files   []string
	folders []string
	// packed finds a file or folder as it was packed by its name in lower case.
	packed map[string]string
}

// Name returns the file name of the zip.
func (a *Archive) Name() string { return path.Base(a.Path) }

// At returns the path of the zip within the one that holds it, "" for the outermost.
func (a *Archive) At() string { return a.at }

// Inside returns the path, for reports, of a file in the zip.
func (a *Archive) Inside(name string) string { return path.Join(a.prefix, name) }

// Files returns the paths of all files in the zip, zips included.
func (a *Archive) Files() []string { return slices.Clone(a.files) }

// FilesIn returns the names of the files that stand directly in a folder, "" for the root.
func (a *Archive) FilesIn(folder string) []string { return directlyIn(a.files, folder) }

// FoldersIn returns the names of the folders directly in a folder, "" for the root.
func (a *Archive) FoldersIn(folder string) []string { return directlyIn(a.folders, folder) }

// ArchivesIn returns the zips that stand directly in a folder, "" for the root.
func (a *Archive) ArchivesIn(folder string) []*Archive {
	var out []*Archive
	for _, inner := range a.Archives {
		if folderOf(inner.at) == folder {
			out = append(out, inner)
		}
	}
	return out
}

// Has reports whether the root of the zip holds this file or folder, compared
// in any case as Windows does.
func (a *Archive) Has(name string) bool {
	_, ok := a.file(name)
	return ok
}

// file returns the path as packed of a file or folder, looked up in any case.
func (a *Archive) file(name string) (packed string, ok bool) {
	packed, ok = a.packed[strings.ToLower(name)]
	return packed, ok
}

func directlyIn(paths []string, folder string) []string {
	var out []string
	for _, p := range paths {
		if folderOf(p) == folder {
			out = append(out, path.Base(p))
		}
	}
	return out
}

func folderOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir
	}
	return ""
}

// addFile notes a file, and the folders that it implies.
func (a *Archive) addFile(name string) {
	a.files = append(a.files, name)
	a.index(name)
	a.addFolder(folderOf(name))
}

func (a *Archive) addFolder(name string) {
	var missing []string
	for ; name != "" && a.index(name); name = folderOf(name) {
		missing = append(missing, name)
	}
	slices.Reverse(missing)
	a.folders = append(a.folders, missing...)
}

// index notes how a name was packed, and reports whether it is new.
func (a *Archive) index(name string) bool {
	if a.packed == nil {
		a.packed = map[string]string{}
	}
	fold := strings.ToLower(name)
	if _, ok := a.packed[fold]; ok {
		return false
	}
	a.packed[fold] = name
	return true
}

// isSolution tells an exported solution by what stands at its root.
func (a *Archive) isSolution() bool {
	for _, name := range []string{"solution.xml", "customizations.xml", "Connector", "Workflows"} {
		if a.Has(name) {
			return true
		}
	}
	return false
}
