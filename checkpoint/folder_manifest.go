package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/descent-go/descent/internal/atomicfile"
)

const manifestName = "manifest.json"

// format is the version of what a folder has.
const format = 1

// errDamaged is that of files which are not as they were written.
var errDamaged = errors.New("damaged")

// manifest says of what a checkpoint consists.
type manifest struct {
	Format int               `json:"format"`
	Step   int               `json:"step"`
	Parts  []Part            `json:"parts"` // by rank
	Meta   map[string]string `json:"meta"`
}

// sealed is the file: the manifest with its checksum.
type sealed struct {
	SHA256   string          `json:"sha256"`
	Manifest json.RawMessage `json:"manifest"`
}

// check refuses parts that are not one of each rank.
func (m *manifest) check() error {
	if len(m.Parts) == 0 {
		return errors.New("no parts are given")
	}
	m.Parts = slices.Clone(m.Parts)
	slices.SortFunc(m.Parts, func(a, b Part) int { return a.Rank - b.Rank })
	for rank, p := range m.Parts {
		if sum, err := hex.DecodeString(p.SHA256); err != nil || len(sum) != sha256.Size {
			return fmt.Errorf("%q is no checksum of the part of rank %d", p.SHA256, p.Rank)
		}
		if p.Rank != rank || p.Ranks != len(m.Parts) {
			return fmt.Errorf("%d parts are given, one is that of rank %d of %d; each rank's is wanted once", len(m.Parts), p.Rank, p.Ranks)
		}
	}
	return (&File{Meta: m.Meta}).check()
}

// complete checks that the parts are there and their tensors whole, by what the
// parts say at their beginning.
func (m *manifest) complete(path string) error {
	groups, err := m.read(path, false)
	if err != nil {
		return err
	}
	return checkGroups(groups)
}

// read reads the tensors of all parts, with their data or without.
func (m *manifest) read(path string, data bool) (map[string][]piece, error) {
	parts := make([][]piece, len(m.Parts))
	for i, p := range m.Parts {
		var err error
		if parts[i], err = p.read(path, data); err != nil {
			return nil, err
		}
	}
	return group(parts), nil
}

// verify says whether the parts are as they were written: if not, the error is
// errDamaged or one of reading them.
func (m *manifest) verify(path string) error {
	for _, p := range m.Parts {
		in, err := p.open(path)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, in)
		if err = errors.Join(err, in.Close()); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != p.SHA256 {
			return fmt.Errorf("%s is %w: its checksum is another", p.name(), errDamaged)
		}
	}
	return nil
}

// clear removes parts that the manifest does not name.
func (m *manifest) clear(path string) error {
	var names []string
	for _, p := range m.Parts {
		names = append(names, p.name())
	}
	return removeParts(path, names)
}

// write puts the manifest into the folder of its step.
func (m *manifest) write(path string) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	file, err := json.Marshal(sealed{hex.EncodeToString(sum[:]), text})
	if err != nil {
		return err
	}
	err = atomicfile.Write(filepath.Join(path, manifestName), func(w io.Writer) error {
		_, err := w.Write(append(file, '\n'))
		return err
	})
	syncFolder(path)
	return err
}

// manifest reads that of a step. A step that was not saved to its end has none,
// which is fs.ErrNotExist.
func (d Folder) manifest(step int) (*manifest, error) {
	file, err := os.ReadFile(filepath.Join(d.path(step), manifestName))
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(file)
	if err == nil && m.Step != step {
		err = fmt.Errorf("it is of step %d", m.Step)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	return m, nil
}

func parseManifest(file []byte) (*manifest, error) {
	var s sealed
	if err := json.Unmarshal(file, &s); err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(s.Manifest); hex.EncodeToString(sum[:]) != s.SHA256 {
		return nil, fmt.Errorf("it is %w: its checksum is another", errDamaged)
	}
	m := &manifest{}
	if err := json.Unmarshal(s.Manifest, m); err != nil {
		return nil, err
	}
	if m.Format != format {
		return nil, fmt.Errorf("it has format %d, this program knows %d", m.Format, format)
	}
	return m, m.check()
}
