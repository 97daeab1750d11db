namespace Sallyport.Agent.Core.Detection;

/// <summary>A well-known name of a file that holds credentials.</summary>
/// <param name="Family">Number of its family: place in <see cref="CredentialFiles.Families"/>, from 1.</param>
/// <param name="Folder">Name of the folder that it is in; empty for any.</param>
/// <param name="File">Its name.</param>
public sealed record CredentialFile(int Family, string Folder, string File);
