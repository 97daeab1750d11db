using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>read(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint read(SafeFileHandle file, byte* buffer, nuint count);
    }
}
