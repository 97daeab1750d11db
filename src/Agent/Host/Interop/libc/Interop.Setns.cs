using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>setns(2): of the calling thread alone.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setns(SafeFileHandle space, int type);
    }
}
