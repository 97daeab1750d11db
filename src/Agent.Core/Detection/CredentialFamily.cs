using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>Files of one kind of credentials.</summary>
/// <param name="Name">As findings say it.</param>
/// <param name="Owners">Names of the programs that the files are for; from a folder of the system only these may read them.</param>
/// <param name="Files">Folder and name; the folder is empty for any.</param>
internal sealed record CredentialFamily(
    string Name, ImmutableArray<string> Owners, ImmutableArray<(string Folder, string File)> Files);
