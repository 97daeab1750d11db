using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>write(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint write(int descriptor, byte* buffer, nuint count);
    }
}
