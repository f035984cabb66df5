# Sourced by the commands beside it: `environment FOLDER REQUIREMENTS` makes the Python environment FOLDER once from a
# file of pinned packages, and sets `python`. It is made again when the pins change.
environment() {
  local folder=$1 requirements=$2
  local mark="$folder/requirements.txt"
  python="$folder/bin/python"
  if cmp -s "$requirements" "$mark"; then return 0; fi
  command -v python3 >/dev/null || { echo "${0##*/}: python3 is needed; on Debian: apt install python3 python3-venv" >&2; exit 1; }
  mkdir -p "${folder%/*}" 2>/dev/null || { echo "${0##*/}: ${folder%/*} cannot be made" >&2; exit 74; }
  (
    flock 9
    cmp -s "$requirements" "$mark" && exit 0
    echo "${0##*/}: setting up Python packages in $folder (once, about a minute)" >&2
    python3 -m venv --clear "$folder" \
      && "$python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" \
      && cp "$requirements" "$mark"
  ) 9<"$requirements" || { echo "${0##*/}: the Python packages cannot be set up; is the network there?" >&2; exit 1; }
}

# Where an environment called NAME lies: beside the commands if that folder can be written, else in the user's cache.
environment_folder() {
  if [ -w "$1" ]; then echo "$1/.venv"; else echo "${XDG_CACHE_HOME:-$HOME/.cache}/linnet/$2"; fi
}
