namespace Sallyport.Protocol.Recording;

/// <summary>The content of an executable is known. Once for each file and change of it.</summary>
/// <param name="Executable">Its id: that of <see cref="ProcessExecuted"/>.</param>
/// <param name="Exe">Path by which it was executed first.</param>
/// <param name="Sha256">Of its content, 64 hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record ExecutableHashed(string Executable, string Exe, string Sha256, long Size) : RecordedEvent;
