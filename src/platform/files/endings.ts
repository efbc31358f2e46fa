const ENDINGS: Record<string, string> = {
  ...{ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp', 'image/avif': 'avif', 'image/heic': 'heic', 'image/heif': 'heif' },
  ...{ 'image/gif': 'gif', 'image/tiff': 'tif', 'video/mp4': 'mp4', 'video/quicktime': 'mov', 'video/webm': 'webm' },
};

/** The ending of a file's name that programs know its type by, without the dot: `jpg`. */
export function endingOf(type: string): string {
  return ENDINGS[type] ?? 'bin';
}
