using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>readlinkat(2); an empty name is the descriptor itself, opened with O_PATH and O_NOFOLLOW.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint readlinkat(SafeFileHandle link, byte* name, byte* buffer, nuint size);
    }
}
