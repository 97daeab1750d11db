using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>setfsgid(2), of the calling thread: gives the former value, never an error.</summary>
        [LibraryImport("libc")]
        internal static partial int setfsgid(uint group);
    }
}
