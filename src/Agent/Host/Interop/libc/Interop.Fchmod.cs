using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>fchmod(2): the mask of the caller has no say.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int fchmod(SafeFileHandle file, uint mode);
    }
}
