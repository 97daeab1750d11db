using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>ioctl(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int ioctl(int descriptor, nuint request, byte* argument);
    }
}
