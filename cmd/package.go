package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/precert/precert/connector"
)

func newPackage(streams Streams) *cobra.Command {
	f := &flags{}
	p := &packer{}
	c := &cobra.Command{
		Use:   "package [PART…]",
		Short: "Build the zip that is submitted, and check it",
		Long: `package puts together what certification wants: one zip with intro.md and the
package zip, in which the folder PkgAssets holds the connector solution and the
flow solution. Then it checks the result as check does.

A PART is intro.md, customProperties.json, the zip of an exported solution, a
package zip that another tool made, or a folder that holds some of them. A
folder with the connector's source files is also compared with what was exported.`,
		Example: `  precert package
  precert package intro.md FabrikamConnector.zip FabrikamFlow.zip
  precert package connectors/fabrikam-desk exports --zip out/submission.zip --force`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			f.submission = true
			j := &job{flags: f, streams: streams, command: "package", static: true}
			if err := j.refusePackage(p.zip); err != nil {
				return err
			}
			for _, arg := range args {
				if err := p.add(arg); err != nil {
					return err
				}
			}
			content, contents, err := connector.Pack(c.Context(), p.parts)
			if err != nil {
				return err
			}
			if err := writeNew(p.zip, content, p.force); err != nil {
				return err
			}
			streams.note("wrote %s (%s)", p.zip, contents)
			sources, err := connector.Discover(c.Context(), p.zip)
			if err != nil {
				return err
			}
			for i := range sources {
				sources[i].Origin = p.origin(c)
			}
			return j.judge(c.Context(), sources)
		},
	}
	f.bindCommon(c)
	c.Flags().StringVar(&p.zip, "zip", "submission.zip", "`FILE` for the submission")
	c.Flags().BoolVar(&p.force, "force", false, "replace a submission that is already there")
	return c
}

// refusePackage refuses a command line or configuration that no check could
// use, before a submission is written for it.
func (j *job) refusePackage(zip string) error {
	if err := j.flags.complete(j.streams.Env); err != nil {
		return err
	}
	if _, err := j.flags.targets(j.streams); err != nil {
		return err
	}
	subjects, _, err := j.subjects([]connector.Source{{Path: filepath.Dir(zip)}})
	if err != nil {
		return err
	}
	_, _, err = j.engine(subjects[0])
	return err
}

// packer gathers the parts of a submission.
type packer struct {
	zip     string
	force   bool
	parts   []connector.Part
	folders []string
}

// add takes a file, or of a folder the files that belong into a submission.
func (p *packer) add(at string) error {
	if !isFolder(at) {
		return p.addFile(at)
	}
	p.folders = append(p.folders, at)
	entries, err := os.ReadDir(at)
	if err != nil {
		return fmt.Errorf("%s cannot be listed: %w", at, err)
	}
	for _, entry := range entries {
		file := filepath.Join(at, entry.Name())
		if entry.IsDir() || !belongs(entry.Name()) || p.isResult(file) {
			continue
		}
		if err := p.addFile(file); err != nil {
			return err
		}
	}
	return nil
}

// isResult reports whether a file is the submission that an earlier call wrote,
// whatever its path here.
func (p *packer) isResult(at string) bool {
	part, err1 := os.Stat(at)
	result, err2 := os.Stat(p.zip)
	return errors.Join(err1, err2) == nil && os.SameFile(part, result)
}

func belongs(name string) bool {
	return strings.EqualFold(filepath.Ext(name), ".zip") || strings.EqualFold(name, "intro.md") || strings.EqualFold(name, "customProperties.json")
}

func (p *packer) addFile(at string) error {
	info, err := os.Stat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist: give intro.md, the zips of the solutions, or a folder with them", at)
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", at, err)
	case !belongs(info.Name()):
		return fmt.Errorf("%s does not belong into a submission: give only intro.md, customProperties.json and zips", at)
	case p.isResult(at):
		return fmt.Errorf("%s is a part and would be replaced by the submission: name another file with --zip", at)
	case info.Size() > connector.MaxFileBytes:
		return fmt.Errorf("%s has %d MB; precert packs files of up to %d MB", at, info.Size()>>20, connector.MaxFileBytes>>20)
	}
	content, err := os.ReadFile(at)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", at, err)
	}
	p.parts = append(p.parts, connector.Part{Name: info.Name(), Content: content})
	return nil
}

// origin is the source of the connector when a folder holds it, nil when none
// does: nothing is compared then.
func (p *packer) origin(c *cobra.Command) *connector.Source {
	for _, folder := range p.folders {
		if found, err := connector.Discover(c.Context(), folder); err == nil && len(found) == 1 {
			return &found[0]
		}
	}
	return nil
}

// writeNew writes a file, and its folder as reports do; without force it does not replace one.
func writeNew(at string, content []byte, force bool) error {
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		return fmt.Errorf("%s cannot be written: %w", at, err)
	}
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(at, mode, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is already there: give --force to replace it", at)
	}
	if err != nil {
		return writeFailed(at, err)
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return writeFailed(at, err)
}
