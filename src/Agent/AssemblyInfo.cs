using System.Runtime.InteropServices;
using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// libc and libbpf come from where the system's loader finds them, never from beside the binary or the working folder.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
