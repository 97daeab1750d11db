using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>syscall(2), for calls that glibc does not have, or has only for the whole process.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint syscall(nint number, nint a, nint b, nint c, nint d);
    }
}
