using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>name_to_handle_at(2); the handle is a struct file_handle with room for 128 bytes.</summary>
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial int name_to_handle_at(SafeFileHandle folder, string path, byte* handle, int* mount, int flags);

        /// <summary>open_by_handle_at(2); the mount is any open file of the file system.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int open_by_handle_at(SafeFileHandle mount, byte* handle, int flags);
    }
}
