using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>fstatfs(2); the buffer is of 256 bytes, the file system's type its first 8.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fstatfs(SafeFileHandle file, byte* buffer);
    }
}
